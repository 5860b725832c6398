"""The file that what was learned is kept in: numbers, and a head in JSON; nothing in it can run.

It names no customer: what people bought themselves is read when they are recommended to.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.decide.recommend._array_files import read_arrays, write_arrays
from kikubari.decide.recommend._candidates import Snapshot
from kikubari.decide.recommend._cascade import Cascade
from kikubari.decide.recommend._pairs import Pairs
from kikubari.decide.recommend._ranker import Ranker
from kikubari.decide.recommend._relations import Relations
from kikubari.decide.recommend.blend import Blend
from kikubari.decide.recommend.contracts import Mode, Trial
from kikubari.decide.recommend.learned import Learned, Rhythms
from kikubari.decide.recommend.purchases import Purchases

_HEAD = "head"
_Arrays: TypeAlias = Mapping[str, NDArray[Any]]


class _BlendHead(msgspec.Struct, frozen=True):
    """A blend without its nets: how many arrays each has, of the rankers of its cascade."""

    mode: Mode
    chosen: str
    trials: tuple[Trial, ...]
    nets: tuple[tuple[int, ...], ...]


class _Head(msgspec.Struct, frozen=True):
    """What is no array."""

    items: tuple[str, ...]
    epoch_day: int
    end_day: float
    horizon_days: float
    blends: tuple[_BlendHead, ...]


def save(learned: Learned, path: Path) -> None:
    """Write what was learned; whoever reads the path sees all of it or nothing."""
    head = _Head(
        items=learned.items,
        epoch_day=learned.epoch_day,
        end_day=learned.snapshot.known.end_day,
        horizon_days=learned.snapshot.horizon_days,
        blends=tuple(_head_of(blend) for blend in learned.blends.values()),
    )
    arrays: dict[str, NDArray[Any]] = {
        _HEAD: np.frombuffer(msgspec.json.encode(head), dtype=np.uint8),
        "about_items": learned.snapshot.about_items,
    }
    for name, table in _tables(learned):
        arrays |= {f"{name}.{field}": value for field, value in vars(table).items()}
    for blend in learned.blends.values():
        arrays |= _nets_of(blend)
    write_arrays(path, arrays)


def load(path: Path) -> Learned:
    """Return what `save` wrote.

    Raises:
        Exception: one of `_array_files.UNREADABLE`.
    """
    arrays = read_arrays(path)
    head = msgspec.json.decode(arrays[_HEAD].tobytes(), type=_Head)
    return Learned(
        items=head.items,
        code_of={name: code for code, name in enumerate(head.items)},
        snapshot=Snapshot(
            known=_no_purchases(head),
            relations=Relations(**_part(arrays, "relations")),
            about_items=arrays["about_items"],
            horizon_days=head.horizon_days,
        ),
        blends={one.mode: _blend_of(one, arrays) for one in head.blends},
        goes_with=Pairs(**_part(arrays, "goes_with")),
        next_after=Pairs(**_part(arrays, "next_after")),
        rhythms=Rhythms(**_part(arrays, "rhythms")),
        epoch_day=head.epoch_day,
    )


def _tables(learned: Learned) -> tuple[tuple[str, object], ...]:
    """Return what consists of arrays alone."""
    return (
        ("relations", learned.snapshot.relations),
        ("goes_with", learned.goes_with),
        ("next_after", learned.next_after),
        ("rhythms", learned.rhythms),
    )


def _part(arrays: _Arrays, name: str) -> dict[str, NDArray[Any]]:
    start = f"{name}."
    return {
        key.removeprefix(start): value for key, value in arrays.items() if key.startswith(start)
    }


def _head_of(blend: Blend) -> _BlendHead:
    nets = tuple(tuple(len(net) for net in one.nets) for one in _rankers_of(blend))
    return _BlendHead(blend.mode, blend.chosen, blend.trials, nets)


def _rankers_of(blend: Blend) -> list[Ranker]:
    """Return the rankers of a blend, the one of all candidates first."""
    if blend.ranker is None:
        return []
    return [one for one in (blend.ranker.wide, blend.ranker.narrow) if one is not None]


def _nets_of(blend: Blend) -> dict[str, NDArray[Any]]:
    named: dict[str, NDArray[Any]] = {}
    for stage, ranker in enumerate(_rankers_of(blend)):
        start = f"{blend.mode}.{stage}"
        named |= {f"{start}.centre": ranker.centre, f"{start}.spread": ranker.spread}
        for number, net in enumerate(ranker.nets):
            named |= {f"{start}.{number}.{place}": one for place, one in enumerate(net)}
    return named


def _blend_of(head: _BlendHead, arrays: _Arrays) -> Blend:
    rankers = [
        Ranker(
            centre=arrays[f"{head.mode}.{stage}.centre"],
            spread=arrays[f"{head.mode}.{stage}.spread"],
            nets=[
                [arrays[f"{head.mode}.{stage}.{number}.{place}"] for place in range(length)]
                for number, length in enumerate(lengths)
            ],
        )
        for stage, lengths in enumerate(head.nets)
    ]
    cascade = Cascade(rankers[0], rankers[1] if rankers[1:] else None) if rankers else None
    return Blend(mode=head.mode, chosen=head.chosen, ranker=cascade, trials=head.trials)


def _no_purchases(head: _Head) -> Purchases:
    return Purchases(
        n_customers=0,
        n_items=len(head.items),
        customer=np.zeros(0, dtype=np.int32),
        item=np.zeros(0, dtype=np.int32),
        day=np.zeros(0, dtype=np.float32),
        epoch_day=head.epoch_day,
        end_day=head.end_day,
    )
