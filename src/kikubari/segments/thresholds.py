"""What ready-made segments compare with: the shop's own numbers, shown and editable.

Each threshold is a point of a distribution (`distributions`), kept within sensible bounds; a plain
value until enough people have one. A member may choose another, and let go of it again. Every
change is a version of its own.
"""

import math
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, insert, select

from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.segments._tables import segment_distributions, segment_thresholds
from kikubari.segments.distributions import UNITS, Distribution, Unit, compute_distribution
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import ColumnarStore, StateStore, upsert

RFM_PARTS = 5
# Fewer values than this say nothing about a shop.
MIN_VALUES = 50
_RENEWAL = timedelta(hours=24)
_FIRST_EVENTS = 1_000


class ThresholdSpec(msgspec.Struct, frozen=True, kw_only=True):
    """One threshold.

    Attributes:
        key: names it.
        distribution: what it is a point of.
        percent: which point; None: it is not computed (a share of people, not a value).
        plain: the value until the shop's own is known.
        low: the least it may be.
        high: the greatest.
        unit: of the value.
    """

    key: str
    distribution: str
    plain: float
    low: float
    high: float
    percent: int | None = None
    unit: Unit | None = None
    name_en: str
    name_ja: str

    @property
    def value_unit(self) -> Unit:
        """The unit of the value."""
        return self.unit or UNITS[self.distribution]


def _rfm(by: str, name_en: str, name_ja: str, plain: tuple[float, ...]) -> list[ThresholdSpec]:
    return [
        ThresholdSpec(
            key=f"rfm_{by}_{part}",
            distribution=by,
            percent=part * 20,
            plain=plain[part - 1],
            low=1,
            high=1e15 if by == "monetary" else 3_660,
            name_en=f"{name_en}, edge {part}",
            name_ja=f"{name_ja}（境界{part}）",  # noqa: RUF001 - Japanese
        )
        for part in range(1, RFM_PARTS)
    ]


THRESHOLDS = {
    one.key: one
    for one in (
        ThresholdSpec(
            key="vip_percent", distribution="revenue_a_year", plain=10, low=1, high=50,
            unit="percent", name_en="Share of buyers who are VIP", name_ja="VIPとする購入者の割合",
        ),
        ThresholdSpec(
            key="at_risk_days", distribution="order_gaps", percent=80, plain=60, low=14, high=180,
            name_en="Silence that is longer than usual", name_ja="通常より長いとみなす未購入日数",
        ),
        ThresholdSpec(
            key="lapsed_days", distribution="order_gaps", percent=95, plain=180, low=30, high=730,
            name_en="Silence after which hardly anybody comes back",
            name_ja="離反とみなす未購入日数",
        ),
        ThresholdSpec(
            key="regular_orders", distribution="orders_a_year", percent=80, plain=3, low=2,
            high=100, name_en="Orders a year that are regular",
            name_ja="定期的とみなす年間注文数",
        ),
        ThresholdSpec(
            key="high_cart_minor", distribution="cart_value", percent=80, plain=10_000, low=1,
            high=1e12, name_en="Cart worth more than most carts",
            name_ja="高額とみなすカート金額",
        ),
        ThresholdSpec(
            key="discount_orders", distribution="coupon_orders", percent=50, plain=2, low=2,
            high=50, name_en="Orders with a coupon in a year", name_ja="年間のクーポン利用注文数",
        ),
        ThresholdSpec(
            key="window_views", distribution="product_views", percent=75, plain=5, low=3, high=500,
            name_en="Product views in 30 days", name_ja="30日間の商品閲覧数",
        ),
        ThresholdSpec(
            key="compared_products", distribution="compared", percent=50, plain=2, low=2, high=100,
            name_en="Products compared in 14 days", name_ja="14日間の比較商品数",
        ),
        ThresholdSpec(
            key="favourite_times", distribution="same_product", percent=80, plain=2, low=2,
            high=100, name_en="Orders with the same product", name_ja="同じ商品の購入回数",
        ),
        *_rfm("recency", "Days since the last order", "最終購入からの日数", (30, 60, 120, 240)),
        *_rfm("frequency", "Orders", "注文数", (1, 2, 3, 5)),
        *_rfm("monetary", "Revenue", "購入額", (3_000, 8_000, 15_000, 40_000)),
    )
}  # fmt: skip


class ThresholdValues(msgspec.Struct, frozen=True):
    """The value of every threshold, and how often it changed."""

    values: Mapping[str, float]
    versions: Mapping[str, int] = {}


PLAIN_VALUES = ThresholdValues({key: one.plain for key, one in THRESHOLDS.items()})


class Threshold(msgspec.Struct, frozen=True, kw_only=True):
    """A threshold as it stands.

    Attributes:
        spec: what it is.
        value: what segments compare with now.
        computed: what the shop's own distribution says; None if it says nothing.
        chosen: what a member chose; None if nobody did.
        version: how often it changed.
        changed_at: when last; None: never.
        distribution: how the shop's values lie; None if it is not known.
    """

    spec: ThresholdSpec
    value: float
    computed: float | None
    chosen: float | None
    version: int
    changed_at: datetime | None
    distribution: Distribution | None


class Thresholds:
    """Computes, keeps and changes thresholds.

    Args:
        state: store of values and distributions.
        columnar: copy of the log.
        clock: dates changes.
        workspace_id: whose.
    """

    def __init__(
        self,
        state: StateStore,
        columnar: ColumnarStore,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._columnar = columnar
        self._clock = clock
        self._workspace_id = workspace_id
        self._renewed_at: datetime | None = None
        self._renewed_at_position = 0
        self._lock = threading.Lock()

    def values(self) -> ThresholdValues:
        """Return what segments compare with now."""
        with self._state.read() as connection:
            rows = _newest(connection, self._workspace_id)
        return ThresholdValues(
            {key: _effective(spec, rows.get(key)) for key, spec in THRESHOLDS.items()},
            {key: row.version for key, row in rows.items()},
        )

    def list_all(self) -> list[Threshold]:
        """Return every threshold with the distribution it comes from."""
        with self._state.read() as connection:
            rows = _newest(connection, self._workspace_id)
            kept = {
                row.name: msgspec.json.decode(row.body, type=Distribution)
                for row in connection.execute(
                    select(segment_distributions).where(
                        segment_distributions.c.workspace_id == self._workspace_id
                    )
                )
            }
        return [
            _threshold(spec, rows.get(key), kept.get(spec.distribution))
            for key, spec in THRESHOLDS.items()
        ]

    def choose(self, key: str, value: float | None) -> None:
        """Let a member's value count; None lets the shop's own count again.

        Raises:
            NotFoundError: there is no such threshold.
            InvalidInputError: the value is out of its bounds.
        """
        spec = THRESHOLDS.get(key)
        if spec is None:
            raise NotFoundError(f"there is no threshold {key!r}")
        if value is not None and not spec.low <= value <= spec.high:
            raise InvalidInputError(f"{key} lies between {spec.low:g} and {spec.high:g}")

        def work(connection: Connection) -> None:
            row = _newest(connection, self._workspace_id).get(key)
            if (row.chosen if row else None) != value:
                self._add(connection, key, row, chosen=value)

        self._state.write(work)

    def renew_if_due(self, position: int) -> bool:
        """Compute everything anew once a day, and when the log is twice as long.

        Args:
            position: how long the copy of the log is.

        Returns:
            Whether it was time.
        """
        with self._lock:
            now = self._clock.now()
            if self._renewed_at is None:
                self._renewed_at, self._renewed_at_position = self._last_renewal(), position
            is_old = self._renewed_at is None or now - self._renewed_at >= _RENEWAL
            if not is_old and position < 2 * self._renewed_at_position + _FIRST_EVENTS:
                return False
            self.renew()
            self._renewed_at_position = position
            return True

    def renew(self) -> None:
        """Compute every distribution, and the thresholds that are points of them."""
        now = self._clock.now()
        found = {
            name: compute_distribution(
                self._columnar, name, workspace_id=self._workspace_id, as_of=to_micros(now)
            )
            for name in dict.fromkeys(spec.distribution for spec in THRESHOLDS.values())
        }

        def work(connection: Connection) -> None:
            rows = _newest(connection, self._workspace_id)
            for name, distribution in found.items():
                if distribution is not None:
                    self._keep(connection, name, distribution)
            for key, spec in THRESHOLDS.items():
                computed = _compute(spec, found[spec.distribution])
                row = rows.get(key)
                if computed is not None and computed != (row.computed if row else None):
                    self._add(connection, key, row, computed=computed)

        self._state.write(work)
        self._renewed_at = now

    def _keep(self, connection: Connection, name: str, distribution: Distribution) -> None:
        connection.execute(
            upsert(
                connection,
                segment_distributions,
                key=["workspace_id", "name"],
                update=["body", "computed_us"],
            ).values(
                workspace_id=self._workspace_id,
                name=name,
                body=msgspec.json.encode(distribution).decode(),
                computed_us=to_micros(self._clock.now()),
            )
        )

    def _add(self, connection: Connection, key: str, row: Any, **changes: float | None) -> None:
        values = {
            "computed": row.computed if row else None,
            "chosen": row.chosen if row else None,
            **changes,
        }
        connection.execute(
            insert(segment_thresholds).values(
                workspace_id=self._workspace_id,
                key=key,
                version=row.version + 1 if row else 1,
                changed_us=to_micros(self._clock.now()),
                **values,
            )
        )

    def _last_renewal(self) -> datetime | None:
        with self._state.read() as connection:
            newest = connection.execute(
                select(segment_distributions.c.computed_us)
                .where(segment_distributions.c.workspace_id == self._workspace_id)
                .order_by(segment_distributions.c.computed_us.desc())
                .limit(1)
            ).scalar()
        return None if newest is None else from_micros(newest)


def _newest(connection: Connection, workspace_id: int) -> dict[str, Any]:
    """Return the newest row of each threshold that has any."""
    rows = connection.execute(
        select(segment_thresholds)
        .where(segment_thresholds.c.workspace_id == workspace_id)
        .order_by(segment_thresholds.c.key, segment_thresholds.c.version)
    )
    return {row.key: row for row in rows}


def _effective(spec: ThresholdSpec, row: Any) -> float:
    if row is None:
        return spec.plain
    known = (row.chosen, row.computed, spec.plain)
    return float(next(value for value in known if value is not None))


def _threshold(spec: ThresholdSpec, row: Any, distribution: Distribution | None) -> Threshold:
    return Threshold(
        spec=spec,
        value=_effective(spec, row),
        computed=row.computed if row else None,
        chosen=row.chosen if row else None,
        version=row.version if row else 0,
        changed_at=from_micros(row.changed_us) if row else None,
        distribution=distribution,
    )


def _compute(spec: ThresholdSpec, distribution: Distribution | None) -> float | None:
    if spec.percent is None or distribution is None or distribution.n < MIN_VALUES:
        return None
    value = distribution.quantile(spec.percent)
    if spec.value_unit == "minor":
        value = _two_digits(value)
    return float(min(spec.high, max(spec.low, round(value))))


def _two_digits(value: float) -> float:
    """Round money to two significant digits: a threshold people can remember."""
    if value <= 0:
        return value
    unit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return round(value / unit) * unit
