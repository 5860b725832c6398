"""A world for running journeys: every part real but for people, segments and the log."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import text

from kikubari.decide.offers import Issuing, OfferDefinition, Offers, PercentOff
from kikubari.decide.personalise import EmailTemplateSource, EmailVariant
from kikubari.deliver import Sender
from kikubari.journeys import CouponDesk
from kikubari.journeys.definition import (
    AnyStep,
    BranchStep,
    EndStep,
    EventTrigger,
    Goal,
    JourneyDefinition,
    MessageStep,
    OfferStep,
    Part,
    Rules,
    SplitStep,
    WaitForStep,
    WaitStep,
    Way,
)
from kikubari.journeys.running import (
    Follower,
    Journeys,
    Letters,
    Programs,
    PublishOptions,
    StepCodes,
    Stepper,
    Surroundings,
)
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.segments import EventTests
from kikubari.spec.conditions import Duration, Events
from kikubari.testing.deliver import Selves
from kikubari.testing.journeys import ListedLog, NamedSegments, PlainPeople

NOW = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
TOKYO = ZoneInfo("Asia/Tokyo")
MAIL = EmailTemplateSource(
    variants={
        "en": EmailVariant(subject="Hi", html='<p>Hi</p><a href="{{ unsubscribe_url }}">stop</a>')
    },
    default_language="en",
)


def message(id_, next_=None, **more):
    return MessageStep(id=id_, template=MAIL, next=next_, **more)


def wait(id_, next_=None, **duration):
    return WaitStep(id=id_, duration=Duration(**duration), next=next_)


def wait_for(id_, event, *, next_=None, on_timeout=None, **timeout):
    return WaitForStep(
        id=id_,
        events=Events(event),
        timeout=Duration(**timeout),
        next=next_,
        on_timeout=on_timeout,
    )


def branch(id_, otherwise=None, **ways):
    return BranchStep(
        id=id_,
        ways=tuple(Way(id=f"{id_}.{name}", when=name, next=to) for name, to in ways.items()),
        otherwise=otherwise,
    )


def split(id_, **parts):
    return SplitStep(
        id=id_,
        parts=tuple(
            Part(id=f"{id_}.{name}", percent=percent, next=to)
            for name, (percent, to) in parts.items()
        ),
    )


def offer(id_, offer_id, *, next_=None, on_none=None):
    return OfferStep(id=id_, offer=offer_id, next=next_, on_none=on_none)


def end(id_="end"):
    return EndStep(id=id_)


def journey(*steps: AnyStep, trigger="Signed Up", rules=None, **more):
    return JourneyDefinition(
        name="Welcome",
        trigger=EventTrigger(Events(trigger)) if isinstance(trigger, str) else trigger,
        start=steps[0].id,
        steps=steps,
        rules=rules or Rules(goal=Goal(events=Events("Order Completed"))),
        **more,
    )


class GivenIds:
    """Gives one id to everything."""

    def __init__(self, id_) -> None:
        self.id = id_

    def new_id(self, prefix):
        return self.id


class World:
    def __init__(self, store, *, batch=7, **segments) -> None:
        self.store = store
        self.clock = ManualClock(NOW)
        self.log = ListedLog()
        self.people = PlainPeople()
        self.segments = NamedSegments(**segments)
        self.around = Surroundings(
            store=store,
            audience=self.segments,
            log=self.log,
            people=self.people,
            tests=EventTests(currency="JPY", zone=TOKYO, workspace_id=1),
            clock=self.clock,
            zone=TOKYO,
        )
        self.issuing = Issuing(Selves(), TOKYO)
        self.desk = self.make_desk()
        self.letters = self.make_letters()
        self.journeys = Journeys(
            store, self.clock, TimeOrderedIds(), check_message=self.letters.check
        )
        self.stepper = self.make_stepper(batch=batch)
        self.follower = Follower(self.around, Programs(store, workspace_id=1), limit=5)
        self.follower.step()

    def make_desk(self):
        return CouponDesk(
            self.store,
            Offers(self.store, self.clock, TimeOrderedIds(), currency="JPY"),
            self.issuing,
            audience=self.segments,
            people=Selves(),
            clock=self.clock,
            selecting=lambda _: (),
        )

    def make_letters(self):
        return Letters(
            self.store,
            sender=Sender(from_address="news@shop.example"),
            fill=lambda template: template,
            selecting=lambda _: (),
            coupons=self.desk,
            workspace_id=1,
        )

    def make_stepper(self, *, batch=7, shard=0, acting=None, **more):
        return Stepper(
            self.around,
            Programs(self.store, workspace_id=1),
            self.make_letters(),
            acting=acting or (lambda connection, acts, now: None),
            issue=StepCodes(self.issuing, self.clock),
            batch=batch,
            shard=shard,
            **more,
        )

    def make_offer(self, offer_id, **more):
        """Make an offer of ten per cent under this id."""
        offers = Offers(self.store, self.clock, GivenIds(offer_id), currency="JPY")
        offers.create(OfferDefinition(name="Ten", benefit=PercentOff(percent=10), **more))

    def publish(self, definition, journey_id="jny_1", **options):
        known = [one.id for one in self.journeys.list_journeys()]
        if journey_id in known:
            self.journeys.save_draft(journey_id, definition)
        else:
            self.journeys.create(definition, journey_id=journey_id)
        return self.journeys.publish(journey_id, PublishOptions(**options), by="test")

    def happen(self, number, event, *, ago=timedelta(0), **properties):
        return self.log.add(number, event, self.clock.now() - ago, **properties)

    def settle(self):
        """Let everything happen that happens at this instant."""
        while self.follower.step() or self.stepper.step():
            pass

    def pass_time(self, **span):
        self.clock.advance(timedelta(**span))
        self.settle()

    def rows(self, sql, **parameters):
        with self.store.read() as connection:
            return connection.execute(text(sql), parameters).all()

    def sent(self):
        """Return (step, entry, person) of every message that was queued, in order."""
        rows = self.rows(
            "SELECT d.origin_id, m.number FROM messages m JOIN dispatches d ON d.id = m.dispatch_id"
        )
        found = []
        for origin, number in rows:
            _, _, step, ordinal = origin.split("/")
            found.append((step, int(ordinal), number))
        return sorted(found)
