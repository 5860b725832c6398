"""That something runs low is told once, some days before, of who has not bought it since."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pyroaring import BitMap
from sqlalchemy import select

from kikubari.decide.predict import DAYS_LEFT, Reminding
from kikubari.events import RowBuilder, SequencedEvent
from kikubari.events._tables import inbox
from kikubari.events.codec import decode_batch
from kikubari.events.copy_rows import COLUMNS
from kikubari.events.copy_schema import list_definitions
from kikubari.kit.clock import ManualClock
from kikubari.kit.instants import to_micros
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.topics import ORDER_COMPLETED, REPLENISHMENT_FORECAST, RUNS_LOW

TOKYO = ZoneInfo("Asia/Tokyo")
TODAY = datetime(2026, 11, 1, tzinfo=TOKYO)
NOON = TODAY + timedelta(hours=12)


class NobodyBut:
    def __init__(self, *numbers: int) -> None:
        self._numbers = BitMap(numbers)

    def list_left_out(self) -> BitMap:
        return self._numbers


class World:
    """A copy with forecasts and orders, and a log that takes what is told."""

    def __init__(self, state, columnar) -> None:
        self.state, self.columnar = state, columnar
        self.clock = ManualClock(NOON)
        self._n = 0
        for statement in list_definitions(columnar.database, columnar.dictionary_access):
            columnar.command(statement)

    def add(self, number, type_, at, **properties):
        self._n += 1
        event = Event(
            message_id=f"m{self._n}",
            kind=EventKind.TRACK,
            type=type_,
            occurred_at=at,
            received_at=at,
            source_id=0,
            properties=properties,
        )
        rows = RowBuilder(workspace_id=1, currency="JPY").build(
            [SequencedEvent(self._n, number, event)]
        )["events"]
        self.columnar.insert("events", COLUMNS["events"], list(zip(*rows, strict=True)))

    def forecast(self, number, day, *, at=TODAY - timedelta(days=2), confidence=0.6, **named):
        low_us = to_micros(TODAY + timedelta(days=day))
        self.add(
            number,
            REPLENISHMENT_FORECAST,
            at,
            **named,
            runs_low_us=low_us,
            earliest_us=low_us,
            latest_us=low_us,
            confidence=confidence,
        )

    def reminding(self, *left_out: int) -> Reminding:
        return Reminding(
            self.state, self.columnar, self.clock, zone=TOKYO, left_out=NobodyBut(*left_out)
        )

    def told(self):
        with self.state.read() as connection:
            bodies = list(connection.scalars(select(inbox.c.body).order_by(inbox.c.id)))
        return [event for body in bodies for event in decode_batch(body)]


@pytest.fixture
def world(state, columnar):
    return World(state, columnar)


def test_goods_of_one_day_are_told_together(world):
    world.forecast(1, 5, product_id="tea", category="drinks")
    world.forecast(1, 5, product_id="rice", category="food", confidence=0.9)
    world.forecast(1, 5, category="drinks", confidence=0.95)
    world.forecast(2, 6, product_id="tea")
    world.reminding().step()
    [event] = world.told()
    assert event.number == 1
    assert event.type == RUNS_LOW
    assert event.properties == {
        "product_id": "rice",
        "category": "food",
        "confidence": 0.9,
        "days_left": 5,
        "runs_low_on": "2026-11-06",
        "products": [
            {"product_id": "rice", "category": "food"},
            {"product_id": "tea", "category": "drinks"},
        ],
        "categories": ["drinks"],
    }


def test_every_chosen_day_before_is_told_once(world):
    world.forecast(1, 20, product_id="tea")
    reminding = world.reminding()
    for _ in range(4 * 21):
        world.clock.advance(timedelta(hours=6))
        reminding.step()
    assert [one.properties["days_left"] for one in world.told()] == list(DAYS_LEFT)
    # Told at the beginning of the day, where the shop is, to within a step.
    for one in world.told():
        day = TODAY + timedelta(days=20 - one.properties["days_left"])
        assert timedelta() <= one.occurred_at - day <= timedelta(hours=6)


def test_what_a_restart_tells_again_the_log_knows_already(world):
    world.forecast(1, 5, product_id="tea")
    world.reminding().step()
    world.clock.advance(timedelta(hours=2))
    world.reminding().step()
    one, again = world.told()
    assert one.message_id == again.message_id
    assert one.source_id == again.source_id


def test_what_was_bought_or_forecast_anew_since_is_not_told(world):
    for number in (1, 2, 3):
        world.forecast(number, 5, product_id="tea", category="drinks")
    yesterday = TODAY - timedelta(days=1)
    world.add(1, ORDER_COMPLETED, yesterday, products=[{"product_id": "tea"}])
    world.forecast(2, 9, at=yesterday, product_id="tea")
    world.add(3, ORDER_COMPLETED, yesterday, products=[{"product_id": "rice"}])
    world.reminding().step()
    assert [one.number for one in world.told()] == [3]


def test_nothing_is_told_of_who_is_left_out_nor_long_after(world):
    world.forecast(1, 5, product_id="tea")
    world.forecast(2, 5, product_id="tea")
    world.forecast(3, 3, product_id="tea", at=TODAY - timedelta(days=40))
    world.reminding(2).step()
    assert [one.number for one in world.told()] == [1]
    world.clock.advance(timedelta(days=30))
    world.reminding().step()
    assert len(world.told()) == 1
