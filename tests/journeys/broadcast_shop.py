"""A shop in Tokyo that sends broadcasts, with a clock to turn."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from pyroaring import BitMap
from sqlalchemy import select

from kikubari.decide.personalise import EmailTemplateSource, EmailVariant
from kikubari.deliver import Outbox, Sender
from kikubari.journeys import BroadcastDefinition, Broadcasts, Timing
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.kit.instants import from_micros
from kikubari.spec.errors import NotFoundError
from kikubari.storage import metadata
from kikubari.testing.events import PlainSealing

NOW = datetime(2026, 11, 20, 0, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
NINE = datetime(2026, 11, 21, 9, 0, tzinfo=TOKYO)
ZONES = {1: "Asia/Tokyo", 2: "Europe/Berlin", 3: "America/New_York", 4: "Pacific/Kiritimati"}
MESSAGES = metadata.tables["messages"]
DISPATCHES = metadata.tables["dispatches"]


def letter(subject="Hi") -> EmailTemplateSource:
    html = '<p>Hi</p><a href="{{ unsubscribe_url }}">stop</a>'
    variants = {"en": EmailVariant(subject=subject, html=html)}
    return EmailTemplateSource(variants=variants, default_language="en")


class Members:
    def __init__(self, numbers) -> None:
        self.numbers = BitMap(numbers)
        self.is_gone = False

    def evaluate(self, segment, *, as_of, workspace_id):
        if self.is_gone:
            raise NotFoundError("no segment 'vip'")
        return self.numbers


class Shop:
    """Broadcasts of a shop in Tokyo, with a clock to turn."""

    def __init__(self, state, numbers=(1, 2, 3, 4, 5)) -> None:
        self.state = state
        self.clock = ManualClock(NOW)
        self.members = Members(numbers)
        self.broadcasts = Broadcasts(
            state,
            Outbox(state, PlainSealing(), self.clock),
            self.members,
            self.clock,
            TimeOrderedIds(),
            zone=TOKYO,
            zones=lambda numbers: {one: ZONES[one] for one in numbers if one in ZONES},
            chunk=2,
        )

    def write(self, experiment=None, **timing) -> str:
        definition = BroadcastDefinition(
            name="Autumn",
            segment="vip",
            template=letter(),
            sender=Sender(from_address="news@shop.example"),
            timing=Timing(**timing),
            experiment=experiment,
        )
        return self.broadcasts.create(definition).id

    def run_until(self, instant) -> None:
        self.clock.set(instant)
        self.broadcasts.begin_scheduled()
        self.broadcasts.resume_enqueuing()

    def due(self) -> dict[int, datetime]:
        with self.state.read() as connection:
            rows = connection.execute(select(MESSAGES.c.number, MESSAGES.c.due_us)).all()
        return {row.number: from_micros(row.due_us) for row in rows}

    def due_of(self, broadcast_id) -> dict[int, datetime]:
        """Return when the messages of one broadcast are due."""
        return {one.number: one.due_at for one in self.broadcasts.list_messages(broadcast_id)}

    def letters_of(self, broadcast_id) -> dict[int, str]:
        """Return which letter of a broadcast each person gets."""
        query = (
            select(MESSAGES.c.number, DISPATCHES.c.variant)
            .join(DISPATCHES, DISPATCHES.c.id == MESSAGES.c.dispatch_id)
            .where(DISPATCHES.c.origin_id == broadcast_id)
        )
        with self.state.read() as connection:
            return {row.number: row.variant for row in connection.execute(query)}


class Outgrown:
    """Permits twice as many as was permitted, and remembers what it was asked for."""

    def __init__(self) -> None:
        self.asked = []

    def is_outgrown(self, n_permitted, n_people):
        return n_people > 2 * n_permitted

    def ask(self, broadcast, n_people, asker):
        self.asked.append((broadcast.id, n_people, asker))
