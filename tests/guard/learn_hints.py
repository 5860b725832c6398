"""Learns the weights of src/kikubari/decide/guard/hints.npz and says how well they carry over.

    .venv/bin/python tests/guard/learn_hints.py

Learns from the cases in the folder cases whose words alone decide, and from the folder sentences:
said.*.txt say something of their reader, plain.*.txt do not. Sets that were kept unread are not
among them. The same sentences give the same weights. Method: logistic regression on pieces scaled
by how much more often they stand on one side (Wang and Manning 2012, NBSVM). How much doubt is
too much is found on sets left out of the learning in turn: one harmless text in a hundred has more.
"""

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from guard_cases import FOLDER, own_rows_by_set
from numpy.typing import NDArray

import kikubari.decide.guard
from kikubari.decide.guard.copy_check import read_copy
from kikubari.decide.guard.hints import BUCKETS, Spoken, Weights, buckets_of, doubt

WEIGHTS = Path(kikubari.decide.guard.__file__).parent / "hints.npz"
SENTENCES = Path(__file__).parent / "sentences"
LOSS = 30.0  # how much a text judged wrongly counts against large weights
MOST_STOPPED = 0.015
ROUNDS = 400
# Sets that were written for each other are left out together.
_TOGETHER = {
    "near_innuendo": "innuendo", "beside_offers": "circumstances",
    "open_to_anyone": "circumstances", "left_alone": "said_of_reader",
    "surfaces_and_purposes": "taken_for_granted",
}  # fmt: skip
_ALONE = {*_TOGETHER, *_TOGETHER.values(), "claims", "unread", "words_alone"}
# Of several authors and kinds: what a shop writes of letters, orders and points, the lines of the
# recipes, sentences beside such as say nearly the same of nobody.
_ALONE |= {"sentences", "letters", "recipes", "more", "twins"}
# What a case may say of its moment and yet be judged by its words.
_NO_MATTER = {"local_time", "gives_last5", "why_link", "customer_value", "marketer_value", "pair"}
_DAY = ("08", "21")


class Texts(msgspec.Struct):
    """What is learnt from: each text's pieces, whether it says something of the reader, its set."""

    pieces: list[NDArray[np.int64]]
    is_said: NDArray[np.bool_]
    sets: NDArray[Any]


def read_texts() -> Texts:
    told: dict[str, tuple[bool, str]] = {}
    for name, rows in own_rows_by_set().items():
        for row in rows:
            if row["expected"] in {"ok", "warn"} or _is_of_words_alone(row):
                is_said = row["expected"] in {"block", "hold"}
                told.setdefault(row["message_excerpt"], (is_said, name))
    for file in sorted(SENTENCES.glob("*.txt")):
        side, _, kind = file.name.partition(".")[0].partition("_")
        for line in file.read_text(encoding="utf-8").splitlines():
            told.setdefault(line, (side == "said", kind or "sentences"))
    sets = [_TOGETHER.get(name, name) if name in _ALONE else "others" for _, name in told.values()]
    return Texts(
        [pieces_of(text) for text in told],
        np.array([is_said for is_said, _ in told.values()]),
        np.array(sets),
    )


def pieces_of(text: str) -> NDArray[np.int64]:
    return buckets_of([Spoken(one.text, one.signs) for one in read_copy(text).sentences])


def _is_of_words_alone(row: Mapping[str, Any]) -> bool:
    everyday = msgspec.json.decode((FOLDER / "context.json").read_bytes())
    context = row["context"]
    hour = (context.get("local_time", everyday["local_time"]) or "")[:2]
    return (
        not row["uses"]
        and _DAY[0] <= hour < _DAY[1]
        and all(everyday.get(k) == v or k in _NO_MATTER for k, v in context.items())
    )


def learn(texts: Texts, among: NDArray[np.bool_]) -> tuple[NDArray[Any], NDArray[Any], float]:
    """Return how telling each piece is, its weight, and what stands without any."""
    chosen = np.flatnonzero(among)
    rows = np.repeat(np.arange(len(chosen)), [len(texts.pieces[one]) for one in chosen])
    columns = np.concatenate([texts.pieces[one] for one in chosen])
    said = texts.is_said[chosen]
    scale = _scale(columns, said[rows])
    values = scale[columns]
    lengths = np.maximum(np.sqrt(np.bincount(rows, values**2, minlength=len(chosen))), 1e-9)
    weight = _fit(rows, columns, values / lengths[rows], np.where(said, 1.0, -1.0))
    return scale, weight[:BUCKETS] * scale, float(weight[BUCKETS])


def _scale(columns: NDArray[np.int64], is_said: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return how much more often each piece stands on one side, 0 for one met only once."""
    times = np.bincount(columns, minlength=BUCKETS)
    in_said = np.bincount(columns[is_said], minlength=BUCKETS) + 1.0
    in_plain = np.bincount(columns[~is_said], minlength=BUCKETS) + 1.0
    ratio = np.log((in_said / in_said.sum()) / (in_plain / in_plain.sum()))
    scale: NDArray[np.float64] = np.where(times > 1, np.sqrt(np.abs(ratio)) + 0.1, 0.0)
    return scale


def _fit(
    rows: NDArray[np.int64],
    columns: NDArray[np.int64],
    values: NDArray[np.float64],
    side: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Return the weights of least |w|²/2 + LOSS · Σ log(1 + e^(-side · x·w)), the last the level.

    By Nesterov's steps, as long as the steepest bend of the whole allows.
    """

    def reach(weight: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.bincount(rows, values * weight[columns], minlength=len(side)) + weight[-1]

    def gather(each: NDArray[np.float64]) -> NDArray[np.float64]:
        by_piece = np.bincount(columns, values * each[rows], minlength=BUCKETS)
        return np.append(by_piece, each.sum())

    steepest = np.ones(BUCKETS + 1)
    for _ in range(30):
        steepest = gather(reach(steepest / np.linalg.norm(steepest)))
    bend = 1 + LOSS / 4 * 1.02 * float(np.linalg.norm(steepest))
    at = ahead = np.zeros(BUCKETS + 1)
    momentum = 1.0
    for _ in range(ROUNDS):
        pull = -side * LOSS / (1 + np.exp(np.clip(side * reach(ahead), -30, 30)))
        slope = ahead + gather(pull)
        after = ahead - slope / bend
        # Steps that point against where they came from start anew.
        if slope @ (after - at) > 0:
            momentum = 1.0
        faster = (1 + np.sqrt(1 + 4 * momentum**2)) / 2
        at, ahead, momentum = after, after + (momentum - 1) / faster * (after - at), faster
    return at


def doubts(texts: Texts, learnt: Weights, among: NDArray[np.bool_]) -> NDArray[np.float64]:
    return np.array([doubt(texts.pieces[one], learnt) for one in np.flatnonzero(among)])


def doubts_left_out(texts: Texts) -> NDArray[np.float64]:
    """Return the doubt about each text by weights learnt without its set, level added."""
    found = np.zeros(len(texts.is_said))
    for name in sorted(set(texts.sets)):
        among = texts.sets == name
        scale, weight, level = learn(texts, ~among)
        found[among] = doubts(texts, _weights(scale, weight), among) + level
    return found


def _told(found: NDArray[np.float64], is_said: NDArray[np.bool_], least: float) -> str:
    said, stopped = found[is_said] > least, found[~is_said] > least
    return f"{said.sum()} of {len(said)} found, {stopped.sum()} of {len(stopped)} stopped"


def _limit(harmless: NDArray[np.float64]) -> float:
    return float(np.sort(harmless)[::-1][int(MOST_STOPPED * len(harmless))])


def _weights(scale: NDArray[Any], weight: NDArray[Any]) -> Weights:
    return Weights(scale.astype(np.float32), weight.astype(np.float32), 0.0)


def pack(scale: NDArray[Any], weight: NDArray[Any], least: float) -> dict[str, NDArray[Any]]:
    """Return weights as small numbers: one octet for each, and what they are counted in."""
    spans = np.array([scale.max() / 255, np.abs(weight).max() / 127, least])
    return {
        "scale": np.round(scale / spans[0]).astype(np.uint8),
        "weight": np.round(weight / spans[1]).astype(np.int8),
        "spans": spans,
    }


def main(arguments: Sequence[str]) -> None:
    texts = read_texts()
    print(f"{len(texts.is_said)} texts, {texts.is_said.sum()} of them of their reader")
    left_out = doubts_left_out(texts)
    limit = _limit(left_out[~texts.is_said])
    for name in sorted(set(texts.sets)):
        among = texts.sets == name
        print(f"  {name}, left out: {_told(left_out[among], texts.is_said[among], limit)}")
    print(f"all, left out in turn: {_told(left_out, texts.is_said, limit)}")
    scale, weight, level = learn(texts, np.ones(len(texts.is_said), bool))
    if "--dry" not in arguments:
        np.savez_compressed(WEIGHTS, **pack(scale, weight, limit - level))


if __name__ == "__main__":
    main(sys.argv[1:])
