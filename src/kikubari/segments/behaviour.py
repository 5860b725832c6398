# ruff: noqa: S608 - text is joined from this module's own pieces; values travel as parameters
"""What people did, as numbers: the one table that personas and look-alikes learn from.

One query reads every person's year from the columnar copy, first by day: ten pages looked at on one
Sunday are one Sunday, not ten reasons to believe in a Sunday shopper. Only behaviour and value are
read, no trait of a person; categories and channels whose names say something sensitive are left
out.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec
import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap

from kikubari.events import PROFILE
from kikubari.segments._matrices import Floats
from kikubari.segments.moment import Moment
from kikubari.segments.sensitive import class_of_name
from kikubari.spec.envelope import DEFAULT_WORKSPACE, IDENTIFIED
from kikubari.spec.topics import (
    COUPON_APPLIED,
    EMAIL_LINK_CLICKED,
    ORDER_COMPLETED,
    PRODUCT_ADDED,
    PRODUCT_VIEWED,
    PRODUCTS_SEARCHED,
    RESERVED_PREFIX,
    STORE_VISITED,
)
from kikubari.storage import ColumnarStore, QueryBudget

Numbers = NDArray[np.uint32]

WINDOW_DAYS = 365
_DAY_US = 86_400 * 1_000_000
_MOST_CATEGORIES, _MOST_VALUES = 10, 5
# Somebody who did little tells little: this many days of the average customer are added to each
# person's own before a share is taken (a Dirichlet prior).
_PRIOR_DAYS = 3.0
# Beyond three standard deviations, further does not mean more different.
_CLIP = 3.0
_LEAST_SPREAD = 1e-6
# How much each number counts, each group of shares as one. What, how much and how dearly somebody
# buys tells kinds of customers apart; when and on which device they come rather describes them.
WEIGHTS: Mapping[str, float] = {
    "recency": 1.0,
    "orders": 1.0,
    "spent": 1.0,
    "order_value": 0.8,
    "views": 0.5,
    "searches": 0.5,
    "carts": 0.5,
    "clicks": 0.5,
    "order": 1.2,
    "place": 1.0,
    "category": 1.2,
    "hour": 0.5,
    "weekday": 0.3,
    "device": 0.3,
    "acquisition_channel": 0.3,
}
_ORDER = f"type = '{ORDER_COMPLETED}'"
# Of each day, and of all of somebody's days.
_DAILY: Mapping[str, str] = {
    "last_order": f"toUnixTimestamp64Micro(maxIf(at, {_ORDER}))",
    "orders": f"countIf({_ORDER})",
    "spent": f"sumIf(value_minor, {_ORDER})",
    "views": f"countIf(type = '{PRODUCT_VIEWED}')",
    "searches": f"countIf(type = '{PRODUCTS_SEARCHED}')",
    "carts": f"countIf(type = '{PRODUCT_ADDED}')",
    "clicks": f"countIf(type = '{EMAIL_LINK_CLICKED}' AND is_machine = 0)",
}
_AMOUNTS: Mapping[str, str] = {
    "recency": f"({{as_of:Int64}} - greatest({{first:Int64}}, max(last_order))) / {_DAY_US}",
    "orders": "sum(orders)",
    "spent": "greatest(0, sum(spent))",
    "order_value": "greatest(0, sum(spent)) / greatest(1, sum(orders))",
    "views": "sum(views)",
    "searches": "sum(searches)",
    "carts": "sum(carts)",
    "clicks": "sum(clicks)",
}
_LOCAL = "toTimeZone(at, {zone:String})"
_HOURS: Mapping[str, str] = {
    "night": f"toHour({_LOCAL}) < 6",
    "morning": f"toHour({_LOCAL}) >= 6 AND toHour({_LOCAL}) < 12",
    "afternoon": f"toHour({_LOCAL}) >= 12 AND toHour({_LOCAL}) < 18",
    "evening": f"toHour({_LOCAL}) >= 18",
}
_WEEKEND = f"toDayOfWeek({_LOCAL}) > 5"
_COUPON = f"({_ORDER} AND coupon != '') OR type = '{COUPON_APPLIED}'"
_STORE = f"({_ORDER} AND store != '') OR type = '{STORE_VISITED}'"
_VALUE_COLUMNS = ("device", "acquisition_channel")


class Feature(msgspec.Struct, frozen=True):
    """One number about a person.

    Attributes:
        key: amount (``orders``, ``spent``, …) or group of shares (``category``, ``hour``, …).
        value: which one of the group; empty for an amount.
    """

    key: str
    value: str = ""


class Shares(msgspec.Struct, frozen=True):
    """A group of shares before they are taken: counted days, and how many there were in all."""

    key: str
    values: tuple[str, ...]
    counts: Floats
    totals: Floats

    def taken(self) -> Floats:
        """Return each person's shares, drawn towards everybody's where there is little to go by."""
        everybody = self.counts.sum(axis=0) / max(1.0, float(self.totals.sum()))
        taken: Floats = (self.counts + _PRIOR_DAYS * everybody) / (
            self.totals[:, None] + _PRIOR_DAYS
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

    def typical(self, which: NDArray[Any]) -> Floats:
        """Return what some of the people have of each feature, in its own unit.

        Of amounts the geometric mean: a few giants would turn round who has more. Of shares that of
        all their days together.
        """
        amounts: Floats = np.expm1(self.amounts[which].mean(axis=0))
        shares = [
            one.counts[which].sum(axis=0) / max(1.0, float(one.totals[which].sum()))
            for one in self.shares
        ]
        return np.hstack([amounts, *shares])


class Scale(msgspec.Struct, frozen=True):
    """What makes features comparable: mean, spread, and how much each counts.

    A group of shares counts as one: ten categories would weigh ten times as much otherwise.
    """

    mean: Floats
    spread: Floats
    weight: Floats

    @classmethod
    def of(cls, behaviour: Behaviour) -> "Scale":
        """Return the scale of these people."""
        values = behaviour.values()
        spread = values.std(axis=0)
        weights = [WEIGHTS[name] for name in behaviour.amount_names]
        for one in behaviour.shares:
            weights += [WEIGHTS[one.key] / len(one.values) ** 0.5] * len(one.values)
        # A feature that hardly varies is left out rather than blown up.
        weight = np.where(spread > _LEAST_SPREAD, np.array(weights), 0.0)
        return cls(values.mean(axis=0), np.where(spread > _LEAST_SPREAD, spread, 1.0), weight)

    def apply(self, behaviour: Behaviour) -> Floats:
        """Return the people's features on this scale."""
        scaled = (behaviour.values() - self.mean) / self.spread
        return np.clip(scaled, -_CLIP, _CLIP) * self.weight


def read_behaviour(
    columnar: ColumnarStore,
    moment: Moment,
    *,
    left_out: BitMap | None = None,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> Behaviour:
    """Return what everybody did in the year before an instant.

    Nobody without a deed is in it, and no stranger who came on one day only: there is no telling a
    habit by one day. Nor is anybody of those who are to be left out.
    """
    parameters: dict[str, Any] = {
        "workspace": workspace_id,
        "as_of": moment.as_of,
        "first": moment.as_of - WINDOW_DAYS * _DAY_US,
        "zone": moment.zone.key,
    }
    flags: list[str] = []
    groups = _groups(columnar, parameters, flags)
    columns = [*_AMOUNTS.values(), *(sql for one in groups for sql in (*one.counts, one.total))]
    listed = ", ".join(f"toFloat32({sql})" for sql in columns)
    numbers, read = columnar.query_floats(
        f"SELECT who, {listed} FROM ({_days(flags)}) GROUP BY who"
        f" HAVING count() > 1 OR who IN ({_KNOWN}) ORDER BY who",
        parameters,
        n_columns=len(columns),
        budget=QueryBudget.REPORT,
    )
    if left_out:
        is_in = ~np.isin(numbers, left_out.to_array())
        numbers, read = numbers[is_in], read[is_in]
    table: Floats = read.astype(np.float64)
    at = len(_AMOUNTS)
    amounts = _without_unknown(np.log1p(table[:, :at]))
    shares = []
    for one in groups:
        end = at + len(one.counts)
        shares.append(Shares(one.key, tuple(one.values), table[:, at:end], table[:, end]))
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
_KNOWN = (
    f"SELECT {PROFILE} FROM events"
    f" WHERE workspace_id = {{workspace:UInt16}} AND type = '{IDENTIFIED}'"
    " AND at <= fromUnixTimestamp64Micro({as_of:Int64}, 'UTC')"
)


def _days(flags: Sequence[str]) -> str:
    """Return SQL of one row for each day of each person; bits say which flags were true of it."""
    bits = " + ".join(f"bitShiftLeft(toUInt64({sql}), {place})" for place, sql in enumerate(flags))
    daily = ", ".join(f"{sql} AS {name}" for name, sql in _DAILY.items())
    return (
        f"SELECT {PROFILE} AS who, toDate({_LOCAL}) AS day, groupBitOr({bits}) AS flags, {daily}"
        f" FROM events WHERE {_ROWS} GROUP BY who, day"
    )


class _Group(NamedTuple):
    """Key, values, SQL of each value's number of days, and SQL of the total."""

    key: str
    values: Sequence[str]
    counts: Sequence[str]
    total: str


def _groups(columnar: ColumnarStore, parameters: dict[str, Any], flags: list[str]) -> list[_Group]:
    """Return the groups of shares; adds what is to be true of a day to the flags."""
    groups = [
        _parts("hour", _HOURS, flags),
        _Group("weekday", ("weekend",), [_on_days(_mask(flags, _WEEKEND))], "count()"),
        _coupons(flags),
        _Group("place", ("store",), [_on_days(_mask(flags, _STORE))], "count()"),
    ]
    for column in _VALUE_COLUMNS:
        found = _frequent(columnar, column, f"{column} != ''", parameters, _MOST_VALUES)
        parts = {value: f"{column} = {_add(value, parameters)}" for value in found}
        rest = f"{column} != '' AND {column} NOT IN ({_listed(found, parameters)})"
        groups.append(_parts(column, parts, flags, rest))
    found = _frequent(columnar, "category", "category != ''", parameters, _MOST_CATEGORIES)
    parts = {}
    for value in found:
        placeholder = _add(value, parameters)
        parts[value] = f"category = {placeholder} OR has(item_categories, {placeholder})"
    listed = _listed(found, parameters)
    rest = (
        f"arrayExists(c -> c != '' AND c NOT IN ({listed}),"
        " arrayPushBack(item_categories, category))"
    )
    groups.append(_parts("category", parts, flags, rest))
    return [group for group in groups if group.values]


def _parts(key: str, parts: Mapping[str, str], flags: list[str], rest: str = "") -> _Group:
    """Return a group whose values make up the whole, together with what is none of them."""
    masks = [_mask(flags, sql) for sql in parts.values()]
    whole = sum(masks) + (_mask(flags, rest) if rest and parts else 0)
    total = f"sum(bitCount(bitAnd(flags, {whole})))"
    return _Group(key, tuple(parts), [_on_days(mask) for mask in masks], total)


def _coupons(flags: list[str]) -> _Group:
    """Return how many of the days with an order, or a coupon put in for one, had a coupon."""
    order, coupon = _mask(flags, _ORDER), _mask(flags, _COUPON)
    return _Group("order", ("coupon",), [_on_days(coupon)], _on_days(order + coupon))


def _mask(flags: list[str], sql: str) -> int:
    """Add what is true or not of an event to the flags; return the bit of its days."""
    flags.append(sql)
    return 1 << (len(flags) - 1)


def _on_days(mask: int) -> str:
    return f"countIf(bitAnd(flags, {mask}) != 0)"


def _listed(values: Sequence[str], parameters: dict[str, Any]) -> str:
    return ", ".join(_add(value, parameters) for value in values) or "''"


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
