"""Names made from what distinguishes a cluster."""

import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.resources import files

import msgspec
import numpy as np

from kikubari.segments._matrices import Floats
from kikubari.segments.behaviour import WEIGHTS, Behaviour, Feature
from kikubari.segments.personas.clustering import Labels
from kikubari.segments.personas.contracts import Distinction

# Half a standard deviation is a difference that can be seen (Cohen, 1988: "medium").
_VISIBLE = 0.5
_MOST_DISTINCTIONS = 5
# Nobody is looked for by what they do not do; but that somebody has just bought tells as much as
# that somebody has not.
_TELLS_BY_LACK = {"recency": 1.0, "orders:none": 4.0}
_LACK = 0.5
# A second trait is in the name if it tells at least a quarter as much as the first.
_WORTH_NAMING = 0.25
_BUYING = {"orders", "spent", "order_value"}
# Of people hardly any of whom has bought, when and how much they bought says nothing.
_HAS_NOT_BOUGHT = 0.05
_OF_BUYERS = {"recency", "spent", "order_value", "order"}


class _Words(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    more_ja: str = ""
    more_en: str = ""
    less_ja: str = ""
    less_en: str = ""
    more_name_ja: str = ""
    more_name_en: str = ""
    less_name_ja: str = ""
    less_name_en: str = ""


@cache
def _words() -> Mapping[str, _Words]:
    file = files("kikubari.segments.personas") / "words.toml"
    return msgspec.convert(tomllib.loads(file.read_text(encoding="utf-8")), dict[str, _Words])


def list_distinctions(
    behaviour: Behaviour, labels: Labels, n_clusters: int
) -> list[tuple[Distinction, ...]]:
    """Return for each cluster what it has clearly more or less of than everybody else."""
    values, features = behaviour.values(), behaviour.features()
    spread = np.maximum(values.std(axis=0), 1e-9)
    found = []
    for label in range(n_clusters):
        mine = labels == label
        effect = (values[mine].mean(axis=0) - values[~mine].mean(axis=0)) / spread
        here, elsewhere = behaviour.typical(mine), behaviour.typical(~mine)
        # What is told agrees with what is called more or less.
        effect[np.sign(here - elsewhere) != np.sign(effect)] = 0.0
        told = [
            _distinction(features[i], float(effect[i]), float(here[i]), float(elsewhere[i]))
            for i in _strongest(features, effect)
        ]
        if any(_has_not_bought(one) for one in told):
            told = [one for one in told if one.feature.key not in _OF_BUYERS]
        found.append(tuple(told[:_MOST_DISTINCTIONS]))
    return found


def _strongest(features: Sequence[Feature], effect: Floats) -> list[int]:
    """Return where the strongest visible differences are, one a group: shares mirror each other."""
    chosen: dict[str, int] = {}
    for i in np.argsort(-np.abs(effect)):
        if abs(effect[i]) >= _VISIBLE:
            chosen.setdefault(features[i].key, int(i))
    return list(chosen.values())


def name_clusters(distinctions: Sequence[Sequence[Distinction]]) -> list[tuple[str, str]]:
    """Return a Japanese and an English name for each cluster, no two the same."""
    names: list[tuple[str, str]] = []
    for index, mine in enumerate(distinctions):
        telling = sorted(mine, key=_tells, reverse=True)
        length = 2 if len(_worth_naming(telling)) > 1 else 1
        name = _name([*_worth_naming(telling)[:length]])
        while name in names and length < len(telling):
            length += 1
            name = _name(telling[:length])
        if name in names:
            name = (f"{name[0]} {index + 1}", f"{name[1]} {index + 1}")
        names.append(name)
    return names


def _tells(one: Distinction) -> float:
    """Return how much a difference tells somebody who wants to know who these people are."""
    less = _TELLS_BY_LACK.get(_key(one), _LACK)
    return abs(one.effect) * WEIGHTS[one.feature.key] * (1.0 if one.effect > 0 else less)


def _worth_naming(telling: Sequence[Distinction]) -> list[Distinction]:
    """Return what belongs into a name: the first, and what adds something to it."""
    return [
        one
        for place, one in enumerate(telling)
        if place == 0
        or (
            _tells(one) >= _WORTH_NAMING * _tells(telling[0])
            and not {one.feature.key, telling[0].feature.key} <= _BUYING
        )
    ]


def _name(telling: Sequence[Distinction]) -> tuple[str, str]:
    """Return a noun for what tells most, with what else there is to say of them."""
    name_ja, name_en = _noun(telling[0]) if telling else ("", "")
    rest = telling[1:] if name_en else telling
    english = " and ".join(one.en for one in rest)
    name_en = (name_en or "Customers") + (f" who {english}" if rest else "")
    return "・".join(one.ja for one in rest) + (name_ja or "お客様"), name_en[:1].upper() + name_en[
        1:
    ]


def _noun(one: Distinction) -> tuple[str, str]:
    words, value = _words_of(one), one.feature.value
    if one.effect > 0:
        ja, en = words.more_name_ja, words.more_name_en
    else:
        ja, en = words.less_name_ja, words.less_name_en
    return ja.replace("{value}", value), en.replace("{value}", value)


def _has_not_bought(one: Distinction) -> bool:
    return one.feature.key == "orders" and one.effect < 0 and one.here < _HAS_NOT_BOUGHT


def _key(one: Distinction) -> str:
    """Return under what the words of a difference stand."""
    if _has_not_bought(one):
        return "orders:none"
    key = f"{one.feature.key}:{one.feature.value}"
    return key if key in _words() else one.feature.key


def _words_of(one: Distinction) -> _Words:
    return _words()[_key(one)]


def _distinction(feature: Feature, effect: float, here: float, elsewhere: float) -> Distinction:
    one = Distinction(
        feature=feature,
        effect=round(effect, 3),
        here=round(here, 4),
        elsewhere=round(elsewhere, 4),
        ja="",
        en="",
    )
    words = _words_of(one)
    ja, en = (words.more_ja, words.more_en) if effect > 0 else (words.less_ja, words.less_en)
    return msgspec.structs.replace(
        one, ja=ja.replace("{value}", feature.value), en=en.replace("{value}", feature.value)
    )
