"""Facts as templates see them: mappings and lists that note what is read of them.

Every read lands in the recorder's current *sink*. The sink is `printed` unless a construct that
is known only to steer (a condition, a loop head) points it elsewhere, so a construct that nobody
thought of over-reports a fact as printed and can never hide one. What flows into a variable
(`assign`, `capture`, a loop variable) carries its paths along in a `Tainted` box, and reading the
variable reads those paths. The approximation: a box holds *all* paths read while its value was
made, so printing one property of a filtered or sorted list also reports what it was filtered by.
"""

import re
import sys
from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from typing import Any

from kikubari.decide.personalise.contracts import (
    UNKNOWN_LINEAGE,
    Facts,
    FactUse,
    Lineage,
    Part,
    RecommendationNeed,
    RecommendedProduct,
    ShownProduct,
    Use,
)
from kikubari.decide.personalise.locale_text import as_money
from kikubari.kit.money import Money

# Paths in order of first use; a dict because sets forget the order.
Paths = dict[str, None]

_INDEXES = re.compile(r"(?:\[\d+\])+")
_SCALARS = frozenset({str, int, float, bool})
_OF_MONEY = 2  # properties
_NO_LISTS: Mapping[str, Sequence[RecommendedProduct]] = {}


class Recorder:
    """Collects the fact paths that one message's render reads, part by part."""

    __slots__ = (
        *("_recommended", "_shown", "absent", "consulted", "lineage"),
        *("printed", "shown", "sink", "uses"),
    )

    def __init__(self, recommended: Mapping[str, Sequence[RecommendedProduct]] = _NO_LISTS) -> None:
        self.uses: dict[Use, dict[str, list[Part]]] = {use: {} for use in Use}
        self._recommended = recommended
        # Recommended products in the message with their positions, and what they rest on by path.
        self.shown: dict[ShownProduct, int] = {}
        self.lineage: dict[str, Lineage] = {}
        self._open()

    def _open(self) -> None:
        self.printed: Paths = {}
        self.consulted: Paths = {}
        self.absent: Paths = {}
        self.sink = self.printed
        self._shown: set[str] = set()

    def take_recommended(self, need: RecommendationNeed) -> list[tuple[str, RecommendedProduct]]:
        """Return a list's products, less those that the part shows already.

        Each comes with the path of the fact that it rests on, empty where it rests on none.
        """
        taken: list[tuple[str, RecommendedProduct]] = []
        for one in self._recommended.get(need.key, ()):
            name = f"{one.strategy}:{one.product.get('title')}"
            product_id = str(one.product.get("product_id") or name)
            if product_id in self._shown or len(taken) == need.limit:
                continue
            self._shown.add(product_id)
            shown = ShownProduct(product_id, one.strategy, one.code)
            position = self.shown.setdefault(shown, len(self.shown))
            path = f"recommended.{one.ground}[{position}]" if one.ground else ""
            if path:
                self.lineage[path] = one.lineage
            taken.append((path, one))
        return taken

    def close_part(self, part: Part) -> None:
        """Book everything read since the last call to `part`."""
        for use, paths in (
            (Use.PRINTED, self.printed),
            (Use.CONSULTED, self.consulted),
            (Use.ABSENT, self.absent),
        ):
            booked = self.uses[use]
            for path in paths:
                booked.setdefault(path, []).append(part)
        self._open()

    def close_choice(self) -> None:
        """Book everything read since the last call as consulted, in no part."""
        for path in self.printed:
            self.uses[Use.CONSULTED].setdefault(path, [])
        for path in self.absent:
            self.uses[Use.ABSENT].setdefault(path, [])
        self._open()

    def fact_uses(self, lineage: Mapping[str, Lineage]) -> tuple[FactUse, ...]:
        """Return one entry per path in its strongest use: printed, consulted, absent."""
        if self.lineage:
            lineage = {**lineage, **self.lineage}
        items = [path for path in lineage if path.endswith("]")]
        found: dict[str, FactUse] = {}
        for use in (Use.PRINTED, Use.CONSULTED, Use.ABSENT):
            for path, parts in self.uses[use].items():
                for name in (path, *_items_of(path, items)) if items else (path,):
                    if name not in found:
                        known = _lineage_of(name, lineage) if lineage else UNKNOWN_LINEAGE
                        found[name] = FactUse(path=name, use=use, parts=tuple(parts), lineage=known)
        return tuple(found.values())


def _items_of(path: str, items: Sequence[str]) -> list[str]:
    """Return the items of a list used whole that have a lineage of their own."""
    return [i for i in items if i.startswith(path) and _INDEXES.fullmatch(i, len(path))]


def _lineage_of(path: str, lineage: Mapping[str, Lineage]) -> Lineage:
    """Return the lineage of the path, or of the nearest thing it lies in."""
    while path:
        known = lineage.get(path)
        if known is not None:
            return known
        path = path[: max(path.rfind("."), path.rfind("["), 0)]
    return UNKNOWN_LINEAGE


class Tainted:
    """A value in a template variable, boxed with the fact paths it was made from."""

    __slots__ = ("paths", "value")

    def __init__(self, value: object, paths: Paths) -> None:
        self.value = value
        self.paths = paths

    def __sizeof__(self) -> int:
        # The namespace limit weighs variables with getsizeof: the box must not hide its content.
        return sys.getsizeof(self.value, 1)


class RecordedMapping(dict[Any, Any]):  # noqa: PLW1641 - as unhashable as the dict it stands for
    """A mapping of facts; prints as nothing, records each property read."""

    __slots__ = ("path", "recorder")

    def __init__(self, values: Mapping[str, Any], path: str, recorder: Recorder) -> None:
        dict.__init__(self, values)
        self.path = path
        self.recorder = recorder

    def step(self, key: object) -> Any:
        """Return what Liquid's ``.key`` means; containers on the way are not yet a use.

        Raises:
            KeyError: absent (and noted).
        """
        try:
            value = dict.__getitem__(self, key)
        except (KeyError, TypeError):
            return self._virtual(key)
        kind = type(value)
        if kind not in _SCALARS:
            if kind is RecordedMapping or kind is RecordedList:
                return value
            wrapped = wrap(value, f"{self.path}.{key}", self.recorder)
            if wrapped is not value:
                dict.__setitem__(self, key, wrapped)
                if type(wrapped) is not Money:
                    return wrapped
            value = wrapped
        recorder = self.recorder
        if value is None or value == "":
            recorder.absent[f"{self.path}.{key}"] = None
        else:
            recorder.sink[f"{self.path}.{key}"] = None
        return value

    def _virtual(self, key: object) -> Any:
        """Liquid's own ``size`` and ``first``, or a note that there is nothing."""
        if key == "size":
            self.recorder.sink[f"{self.path}.size"] = None
            return dict.__len__(self)
        if key == "first" and dict.__len__(self):
            return next(iter(self.items()))
        self.recorder.absent[f"{self.path}.{key}"] = None
        raise KeyError(key)

    def __getitem__(self, key: object) -> Any:
        """Read as filters do: a list handed out may be printed whole."""
        value = self.step(key)
        if type(value) is RecordedList:
            self.recorder.sink[value.path] = None
        return value

    def get(self, key: object, default: Any = None) -> Any:
        """Read a property or the default."""
        try:
            return self[key]
        except KeyError:
            return default

    def _note(self) -> None:
        self.recorder.sink[self.path] = None

    def boxed(self) -> list[Tainted]:
        """Return (name, value) pairs, each carrying its own path."""
        return [
            Tainted((key, self.step(key)), {f"{self.path}.{key}": None})
            for key in dict.__iter__(self)
        ]

    def items(self) -> ItemsView[str, Any]:  # type: ignore[override]  # of a read copy
        """Read every property."""
        return {key: self[key] for key in dict.__iter__(self)}.items()

    def values(self) -> ValuesView[Any]:  # type: ignore[override]  # of a read copy
        """Read every property."""
        return {key: self[key] for key in dict.__iter__(self)}.values()

    def keys(self) -> KeysView[str]:  # type: ignore[override]  # of a read copy
        """Read which properties there are."""
        self._note()
        return dict.fromkeys(dict.__iter__(self)).keys()

    def __iter__(self) -> Iterator[str]:
        self._note()
        return dict.__iter__(self)

    def __len__(self) -> int:
        self._note()
        return dict.__len__(self)

    def __contains__(self, key: object) -> bool:
        self.recorder.sink[f"{self.path}.{key}"] = None
        return dict.__contains__(self, key)

    def __eq__(self, other: object) -> bool:
        self._note()
        return dict.__eq__(self, other)

    def __ne__(self, other: object) -> bool:
        return not self == other

    def __str__(self) -> str:
        return ""

    __repr__ = __str__


class RecordedList(list[Any]):
    """A list of facts, a real `list` because Liquid's filters ask for one.

    C code reads a list's items without asking, so whoever hands one out whole records its path,
    which stands for all items; single items and loops record item paths.
    """

    __slots__ = ("path", "recorder")

    def __init__(self, values: Sequence[Any], path: str, recorder: Recorder) -> None:
        super().__init__(wrap(v, f"{path}[{i}]", recorder) for i, v in enumerate(values))
        self.path = path
        self.recorder = recorder

    def step(self, key: object) -> Any:
        """Return what Liquid's ``[0]``, ``.first``, ``.last`` and ``.size`` mean.

        Raises:
            IndexError: no such item (and noted).
            KeyError: lists have no other properties.
        """
        if key == "size":
            self.recorder.sink[f"{self.path}.size"] = None
            return len(self)
        index = {"first": 0, "last": len(self) - 1}.get(key, key) if type(key) is str else key
        if type(index) is not int:
            raise KeyError(key)
        if not -len(self) <= index < len(self):
            self.recorder.absent[f"{self.path}[{index}]"] = None
            raise IndexError(index)
        index %= len(self)
        value = list.__getitem__(self, index)
        if not isinstance(value, RecordedMapping | RecordedList):
            self.recorder.sink[f"{self.path}[{index}]"] = None
        return value

    def boxed(self) -> list[Any]:
        """Return items for a loop: plain values boxed with their own path."""
        return [
            item
            if isinstance(item, RecordedMapping | RecordedList)
            else Tainted(item, {f"{self.path}[{i}]": None})
            for i, item in enumerate(self)
        ]

    def __str__(self) -> str:
        return ""

    __repr__ = __str__


def wrap(value: Any, path: str, recorder: Recorder) -> Any:
    """Return `value` as templates may see it: containers record, amounts become `Money`."""
    if type(value) in _SCALARS:
        return value
    if type(value) is dict and len(value) != _OF_MONEY:
        return RecordedMapping(value, path, recorder)
    if isinstance(value, Mapping):
        return as_money(value) or RecordedMapping(value, path, recorder)
    if isinstance(value, list | tuple):
        return RecordedList(value, path, recorder)
    return value


def record_facts(facts: Facts, recorder: Recorder) -> dict[str, Any]:
    """Return the roots of `facts` as recording objects; a plain root is boxed with its name."""
    roots: dict[str, Any] = {}
    for name, value in facts.values.items():
        wrapped = wrap(value, name, recorder)
        is_container = isinstance(wrapped, RecordedMapping | RecordedList)
        roots[name] = wrapped if is_container else Tainted(wrapped, {name: None})
    return roots
