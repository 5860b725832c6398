# ruff: noqa: S608 - text is joined from this module's own pieces; values travel as parameters
"""What people did, as numbers: the one table that personas and look-alikes learn from.

One query reads every person's year from the columnar copy. Only behaviour and value are read, no
trait of a person; categories and channels whose names say something sensitive are left out.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
from numpy.typing import NDArray

from kikubari.events import PROFILE
from kikubari.segments._matrices import Floats
from kikubari.segments.moment import Moment
from kikubari.segments.sensitive import class_of_name
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.topics import (
    EMAIL_LINK_CLICKED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_VIEWED,
    PRODUCTS_SEARCHED,
    RESERVED_PREFIX,
)
from kikubari.storage import ColumnarStore, QueryBudget

Numbers = NDArray[np.uint32]

WINDOW_DAYS = 365
_DAY_US = 86_400 * 1_000_000
_MOST_CATEGORIES, _MOST_VALUES = 10, 5
# Somebody who did little tells little: this many deeds of the average customer are added to each
# person's own before a share is taken (a Dirichlet prior).
_PRIOR_DEEDS = 3.0
# Beyond three standard deviations, further does not mean more different.
_CLIP = 3.0
_LEAST_SPREAD = 1e-6
_ORDER = f"type = '{ORDER_COMPLETED}'"
_AMOUNTS: Mapping[str, str] = {
    "recency": f"(toUnixTimestamp64Micro({{as_of}}) - toUnixTimestamp64Micro(greatest({{since}},"
    f" maxIf(at, {_ORDER})))) / {_DAY_US}",
    "orders": f"countIf({_ORDER})",
    "spent": f"greatest(0, sumIf(value_minor, {_ORDER}))",
    "order_value": f"greatest(0, sumIf(value_minor, {_ORDER})) / greatest(1, countIf({_ORDER}))",
    "views": f"countIf(type = '{PRODUCT_VIEWED}')",
    "searches": f"countIf(type = '{PRODUCTS_SEARCHED}')",
    "carts": f"countIf(type = '{PRODUCT_ADDED}')",
    "clicks": f"countIf(type = '{EMAIL_LINK_CLICKED}' AND is_machine = 0)",
}
_HOUR = "toHour(toTimeZone(at, {zone:String}))"
_HOURS: Mapping[str, str] = {
    "night": f"countIf({_HOUR} < 6)",
    "morning": f"countIf({_HOUR} >= 6 AND {_HOUR} < 12)",
    "afternoon": f"countIf({_HOUR} >= 12 AND {_HOUR} < 18)",
    "evening": f"countIf({_HOUR} >= 18)",
}
_WEEKEND = "countIf(toDayOfWeek(toTimeZone(at, {zone:String})) > 5)"
_VALUE_COLUMNS = ("device", "acquisition_channel")
_ITEMS = "arrayFilter(c -> c != '', item_categories)"


class Feature(msgspec.Struct, frozen=True):
    """One number about a person.

    Attributes:
        key: amount (``orders``, ``spent``, …) or group of shares (``category``, ``hour``, …).
        value: which one of the group; empty for an amount.
    """

    key: str
    value: str = ""


class Shares(msgspec.Struct, frozen=True):
    """A group of shares before they are taken: counted deeds, and how many there were in all."""

    key: str
    values: tuple[str, ...]
    counts: Floats
    totals: Floats

    def taken(self) -> Floats:
        """Return each person's shares, drawn towards everybody's where there is little to go by."""
        everybody = self.counts.sum(axis=0) / max(1.0, float(self.totals.sum()))
        taken: Floats = (self.counts + _PRIOR_DEEDS * everybody) / (
            self.totals[:, None] + _PRIOR_DEEDS
        )
        return taken

    def alike(self, rng: np.random.Generator) -> "Shares":
        """Return what the counts would be if everybody had the same leaning: nothing but chance."""
        rate = self.counts.sum(axis=0) / max(1.0, float(self.totals.sum()))
        rest = max(0.0, 1.0 - float(rate.sum()))
        chances = np.append(rate, rest) / (rate.sum() + rest)
        drawn = rng.multinomial(self.totals.astype(np.int64), chances)[:, :-1]
        return msgspec.structs.replace(self, counts=drawn.astype(np.float64))


class Behaviour(msgspec.Struct, frozen=True):
    """Everybody's year.

    Attributes:
        numbers: profile numbers, one a row.
        amount_names: what the columns of `amounts` are.
        amounts: on a logarithmic scale.
        shares: groups of shares.
    """

    numbers: Numbers
    amount_names: tuple[str, ...]
    amounts: Floats
    shares: tuple[Shares, ...]

    def rows(self, which: NDArray[Any]) -> "Behaviour":
        """Return some of the people."""
        return Behaviour(
            self.numbers[which],
            self.amount_names,
            self.amounts[which],
            tuple(
                msgspec.structs.replace(one, counts=one.counts[which], totals=one.totals[which])
                for one in self.shares
            ),
        )

    def features(self) -> tuple[Feature, ...]:
        """Return what the columns of `values` are."""
        shares = (Feature(one.key, value) for one in self.shares for value in one.values)
        return (*(Feature(name) for name in self.amount_names), *shares)

    def values(self) -> Floats:
        """Return one row of numbers for each person, as they are (not yet comparable)."""
        return np.hstack([self.amounts, *(one.taken() for one in self.shares)])


class Scale(msgspec.Struct, frozen=True):
    """What makes features comparable: mean, spread, and a weight that is the same for each group.

    Without the weight, ten categories would count ten times as much as when somebody shops.
    """

    mean: Floats
    spread: Floats
    weight: Floats

    @classmethod
    def of(cls, behaviour: Behaviour) -> "Scale":
        """Return the scale of these people."""
        values = behaviour.values()
        spread = values.std(axis=0)
        sizes = [len(behaviour.amount_names)] * len(behaviour.amount_names)
        for one in behaviour.shares:
            sizes += [len(one.values)] * len(one.values)
        # A feature that hardly varies is left out rather than blown up.
        weight = np.where(
            spread > _LEAST_SPREAD, 1 / np.sqrt(np.array(sizes, dtype=np.float64)), 0.0
        )
        return cls(values.mean(axis=0), np.where(spread > _LEAST_SPREAD, spread, 1.0), weight)

    def apply(self, behaviour: Behaviour) -> Floats:
        """Return the people's features on this scale."""
        scaled = (behaviour.values() - self.mean) / self.spread
        return np.clip(scaled, -_CLIP, _CLIP) * self.weight


def read_behaviour(
    columnar: ColumnarStore, moment: Moment, *, workspace_id: int = DEFAULT_WORKSPACE
) -> Behaviour:
    """Return what everybody did in the year before an instant; nobody without a deed is in it."""
    parameters: dict[str, Any] = {
        "workspace": workspace_id,
        "as_of": moment.as_of,
        "first": moment.as_of - WINDOW_DAYS * _DAY_US,
        "zone": moment.zone.key,
    }
    groups = _groups(columnar, parameters)
    columns = [
        *(
            sql.format(as_of=_instant("as_of"), since=_instant("first"))
            for sql in _AMOUNTS.values()
        ),
        *(sql for _, _, counts, total in groups for sql in (*counts, total)),
    ]
    listed = ", ".join(f"toFloat32({sql})" for sql in columns)
    numbers, read = columnar.query_floats(
        f"SELECT {PROFILE} AS who, {listed} FROM events WHERE {_ROWS} GROUP BY who ORDER BY who",
        parameters,
        n_columns=len(columns),
        budget=QueryBudget.REPORT,
    )
    table: Floats = read.astype(np.float64)
    at = len(_AMOUNTS)
    amounts = _without_unknown(np.log1p(table[:, :at]))
    shares = []
    for key, values, counts, _ in groups:
        end = at + len(counts)
        shares.append(Shares(key, tuple(values), table[:, at:end], table[:, end]))
        at = end + 1
    return Behaviour(numbers, tuple(_AMOUNTS), amounts, tuple(shares))


def _without_unknown(amounts: Floats) -> Floats:
    """Give those who ordered nothing the mean order value: what theirs would be is not known."""
    names = tuple(_AMOUNTS)
    has_ordered = amounts[:, names.index("orders")] > 0
    of_orders = amounts[:, names.index("order_value")]
    of_orders[~has_ordered] = of_orders[has_ordered].mean() if has_ordered.any() else 0.0
    return amounts


_ROWS = (
    "workspace_id = {workspace:UInt16} AND profile != 0"
    " AND at > fromUnixTimestamp64Micro({first:Int64}, 'UTC')"
    " AND at <= fromUnixTimestamp64Micro({as_of:Int64}, 'UTC')"
    f" AND NOT startsWith(type, '{RESERVED_PREFIX}')"
)


def _instant(name: str) -> str:
    return f"fromUnixTimestamp64Micro({{{name}:Int64}}, 'UTC')"


_Group = tuple[str, Sequence[str], list[str], str]


def _groups(columnar: ColumnarStore, parameters: dict[str, Any]) -> list[_Group]:
    """Return key, values, counting SQL and SQL of the total of each group of shares."""
    groups: list[_Group] = [
        ("hour", tuple(_HOURS), list(_HOURS.values()), "count()"),
        ("weekday", ("weekend",), [_WEEKEND], "count()"),
        ("order", ("coupon",), [f"countIf({_ORDER} AND coupon != '')"], f"countIf({_ORDER})"),
        ("place", ("store",), [f"countIf({_ORDER} AND store != '')"], f"countIf({_ORDER})"),
    ]
    for column in _VALUE_COLUMNS:
        found = _frequent(columnar, column, f"{column} != ''", parameters, _MOST_VALUES)
        counts = [f"countIf({column} = {_add(value, parameters)})" for value in found]
        groups.append((column, found, counts, f"countIf({column} != '')"))
    found = _frequent(columnar, "category", "category != ''", parameters, _MOST_CATEGORIES)
    counts = []
    for value in found:
        placeholder = _add(value, parameters)
        counts.append(
            f"countIf(category = {placeholder}) + sum(countEqual(item_categories, {placeholder}))"
        )
    groups.append(("category", found, counts, f"countIf(category != '') + sum(length({_ITEMS}))"))
    return [group for group in groups if group[1]]


def _frequent(
    columnar: ColumnarStore, column: str, where: str, parameters: Mapping[str, Any], most: int
) -> list[str]:
    """Return the commonest values, those that say something sensitive about somebody left out."""
    source = "arrayJoin(arrayPushBack(item_categories, category))" if column == "category" else ""
    rows = columnar.query_rows(
        f"SELECT {source or column} AS v, count() AS n FROM events WHERE {_ROWS}"
        f" AND {where if not source else '1'} GROUP BY v HAVING v != ''"
        f" ORDER BY n DESC, v LIMIT {2 * most}",
        {name: parameters[name] for name in ("workspace", "as_of", "first")},
        budget=QueryBudget.REPORT,
    )
    return [value for value, _ in rows if class_of_name(value) is None][:most]


def _add(value: str, parameters: dict[str, Any]) -> str:
    name = f"v{len(parameters)}"
    parameters[name] = value
    return f"{{{name}:String}}"
