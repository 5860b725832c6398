"""Which simulated visits there are: by whom, when, and to what end."""

from bisect import bisect_left
from collections.abc import Iterator
from enum import StrEnum
from random import Random
from zoneinfo import ZoneInfo

import msgspec

from kikubari.demo._resources import dice, happens
from kikubari.demo.people import Person
from kikubari.demo.source import DAY_SECONDS, Sales, day_start
from kikubari.demo.stores import Visit

WINDOW_DAYS = 120
_EARLIER_DAYS = 330
_EARLIER_VISITS = 1_500
_STRANGERS = 2_400
_ABANDONED_CARTS = 900
_MOST_GUEST_LINES = 12
_SHARED_TABLETS = 4
_MOST_TABLET_USERS = 3
_FREQUENT_ORDERS = 4
_DISAGREEING = 12


class Aim(StrEnum):
    """What a visit is for."""

    ORDER = "order"  # ends in the real order
    BROWSE = "browse"
    ABANDON = "abandon"  # fills a cart and leaves
    COMPARE = "compare"
    STORE = "store"
    CORRECT = "correct"  # states another birthday than the customer file


class Habit(StrEnum):
    """How a customer shops; most have none of these."""

    DISCOUNT = "discount"
    COMPARER = "comparer"
    WINDOW_SHOPPER = "window_shopper"
    COLLECTOR = "collector"  # keeps favourites


class Session(msgspec.Struct, frozen=True):
    """One visit.

    Attributes:
        anchor_at: seconds since 1970: its start; for an order's visit, the order.
        person: None for somebody the shop does not know.
        anonymous_id: where it is not one of the person's own devices.
        order: index into the sales' orders.
        visit: of a store.
    """

    anchor_at: int
    aim: Aim
    person: Person | None = None
    habits: frozenset[Habit] = frozenset()
    anonymous_id: str = ""
    order: int = -1
    visit: Visit | None = None


def plan_sessions(
    people: list[Person], sales: Sales, visits: list[Visit], newest_day: int, seed: int
) -> list[Session]:
    """Return all visits, oldest first."""
    planner = _Planner(people, sales, newest_day, seed)
    sessions = [
        *planner.orders(),
        *planner.guests(),
        *planner.browsing(),
        *planner.abandoned(),
        *planner.strangers(),
        *planner.earlier(),
        *planner.corrections(),
        *planner.store_visits(visits),
    ]
    return sorted(sessions, key=lambda session: session.anchor_at)


class _Planner:
    def __init__(self, people: list[Person], sales: Sales, newest_day: int, seed: int) -> None:
        self._people = people
        self._sales = sales
        self._newest_day = newest_day
        self._seed = seed
        self._window_at = (newest_day - WINDOW_DAYS + 1) * DAY_SECONDS
        self._recent = [person for person in people if self._orders_in_window(person)]
        self._habits = self._spread_habits(dice(seed, "habits"))
        self._tablets = self._share_tablets(dice(seed, "tablets"))

    def orders(self) -> Iterator[Session]:
        """Yield the visit before each order of the window."""
        rng = dice(self._seed, "order visits")
        for person in self._recent:
            for order in self._orders_in_window(person):
                yield self._by(person, Aim.ORDER, int(self._sales.ordered_at[order]), rng, order)

    def guests(self) -> Iterator[Session]:
        """Yield visits before the orders of guests; huge ones are a day's takings elsewhere."""
        sales = self._sales
        for order, order_id in enumerate(sales.order_ids):
            lines = sales.first_line[order + 1] - sales.first_line[order]
            is_guest = not sales.customers[order] and not sales.is_refund[order]
            if is_guest and lines <= _MOST_GUEST_LINES and self._is_in_window(order):
                yield Session(
                    anchor_at=int(sales.ordered_at[order]),
                    aim=Aim.ORDER,
                    anonymous_id=guest_id(order_id),
                    order=order,
                )

    def browsing(self) -> Iterator[Session]:
        """Yield visits that end without a purchase, many by those who only look or compare."""
        rng = dice(self._seed, "browsing")
        for person in self._people:
            habits = self._habits.get(person.customer_id, frozenset())
            count, aim = rng.choice((0, 0, 0, 0, 0, 1)), Aim.BROWSE
            if Habit.WINDOW_SHOPPER in habits:
                count = rng.randrange(5, 14)
            elif Habit.COMPARER in habits:
                count, aim = rng.randrange(3, 7), Aim.COMPARE
            elif Habit.COLLECTOR in habits:
                count = rng.randrange(1, 4)
            for _ in range(count):
                if at := self._moment(person, rng):
                    yield self._by(person, aim, at, rng)

    def abandoned(self) -> Iterator[Session]:
        """Yield carts left behind, two in five of them within the last week."""
        rng = dice(self._seed, "abandoned")
        for _ in range(_ABANDONED_CARTS):
            person = rng.choice(self._recent if happens(rng, 0.7) else self._people)
            span = 7 if happens(rng, 0.4) else WINDOW_DAYS
            if at := self._moment(person, rng, span):
                yield self._by(person, Aim.ABANDON, at, rng)

    def strangers(self) -> Iterator[Session]:
        """Yield visits by people who never say who they are, a few of them twice."""
        rng = dice(self._seed, "strangers")
        for i in range(_STRANGERS):
            anonymous_id = f"anon-{i:05}-{rng.getrandbits(48):012x}"
            for _ in range(rng.choice((1, 1, 1, 2))):
                aim = Aim.ABANDON if happens(rng, 0.08) else Aim.BROWSE
                at = self._at(ZoneInfo("Europe/London"), rng, WINDOW_DAYS)
                yield Session(anchor_at=at, aim=aim, anonymous_id=anonymous_id)

    def earlier(self) -> Iterator[Session]:
        """Yield a thin trace of visits from before the window."""
        rng = dice(self._seed, "earlier")
        for _ in range(_EARLIER_VISITS):
            person = rng.choice(self._people)
            if (at := self._moment(person, rng, _EARLIER_DAYS)) and at < self._window_at:
                yield self._by(person, Aim.BROWSE, at, rng)

    def corrections(self) -> Iterator[Session]:
        """Yield visits of a few people whose account says another birthday than the file."""
        rng = dice(self._seed, "corrections")
        stated = [person for person in self._recent if person.birthday]
        for person in rng.sample(stated, min(_DISAGREEING, len(stated))):
            if at := self._moment(person, rng, span=30):
                yield Session(anchor_at=at, aim=Aim.CORRECT, person=person)

    def store_visits(self, visits: list[Visit]) -> Iterator[Session]:
        """Yield the visits to stores."""
        people = {person.customer_id: person for person in self._people}
        for visit in visits:
            person = people[visit.customer_id]
            yield Session(anchor_at=visit.at, aim=Aim.STORE, person=person, visit=visit)

    def _by(self, person: Person, aim: Aim, at: int, rng: Random, order: int = -1) -> Session:
        tablet = self._tablets.get(person.customer_id, "")
        return Session(
            anchor_at=at,
            aim=aim,
            person=person,
            habits=self._habits.get(person.customer_id, frozenset()),
            anonymous_id=tablet if tablet and happens(rng, 0.6) else "",
            order=order,
        )

    def _moment(self, person: Person, rng: Random, span: int = WINDOW_DAYS) -> int | None:
        """Return a moment of waking hours after the sign-up, or None where chance fell before."""
        at = self._at(ZoneInfo(person.timezone), rng, span)
        return at if at > person.created_at + DAY_SECONDS // 2 else None

    def _at(self, zone: ZoneInfo, rng: Random, span: int) -> int:
        """Draw a moment between 7 and 23 o'clock there, evenings first, not after the newest day.

        West of the shop an evening can reach into the next day of the shop: it moves a day back.
        """
        day = self._newest_day - int(rng.random() ** 1.3 * span)
        seconds = int(3600 * rng.triangular(7, 23, 20.5))
        at = day_start(day, zone) + seconds
        latest = (self._newest_day + 1) * DAY_SECONDS - 2 * 3600
        return at if at < latest else at - DAY_SECONDS

    def _is_in_window(self, order: int) -> bool:
        return bool(self._sales.ordered_at[order] >= self._window_at)

    def _orders_in_window(self, person: Person) -> list[int]:
        """Return the person's purchases in the window, refunds left out."""
        orders = person.buyer.orders
        first = bisect_left(orders, self._window_at, key=self._sales.ordered_at.__getitem__)
        return [order for order in orders[first:] if not self._sales.is_refund[order]]

    def _spread_habits(self, rng: Random) -> dict[str, frozenset[Habit]]:
        recent = {person.customer_id for person in self._recent}
        habits = {}
        for person in self._people:
            chance = rng.random()
            found: set[Habit] = set()
            if person.customer_id in recent:
                shares = {Habit.DISCOUNT: 0.10, Habit.COMPARER: 0.07, Habit.COLLECTOR: 0.22}
            else:
                shares = {Habit.WINDOW_SHOPPER: 0.07 if person.buyer.orders else 0.55}
            for habit, share in shares.items():
                if 0 <= chance < share:
                    found.add(habit)
                chance -= share
            if found:
                habits[person.customer_id] = frozenset(found)
        return habits

    def _share_tablets(self, rng: Random) -> dict[str, str]:
        """Let two or three frequent customers of one city use the same tablet."""
        tablets: dict[str, str] = {}
        by_city: dict[str, list[str]] = {}
        for person in self._recent:
            if len(self._orders_in_window(person)) >= _FREQUENT_ORDERS:
                by_city.setdefault(person.city, []).append(person.customer_id)
        cities = [city for city, near in by_city.items() if len(near) >= _MOST_TABLET_USERS]
        for i, city in enumerate(rng.sample(cities, _SHARED_TABLETS), start=1):
            for customer_id in rng.sample(by_city[city], rng.randint(2, _MOST_TABLET_USERS)):
                tablets[customer_id] = f"tablet-{i}"
        return tablets


def guest_id(order_id: str) -> str:
    """Return the anonymous id under which a guest's order and visit are kept."""
    return f"guest-{order_id}"
