"""Journeys: who enters, and who goes on."""

from collections.abc import Sequence
from datetime import timedelta
from functools import partial
from zlib import crc32
from zoneinfo import ZoneInfo

from kikubari.access import Access
from kikubari.app.adapters import SegmentAudience
from kikubari.app.contact import HabitualHours
from kikubari.app.journeying import CopiedLog, JourneyPeople
from kikubari.app.loops import Loop
from kikubari.app.questions import PersonQuestions
from kikubari.app.staff_post import Staff, StaffPost
from kikubari.app.wings.calling import CallingWing
from kikubari.app.wings.delivery import DeliveryWing
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.letters import LettersWing
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.app.wings.segments import SegmentsWing
from kikubari.deliver import Sender, withdraw
from kikubari.events import RowBuilder
from kikubari.journeys import (
    Actions,
    Anniversaries,
    Experiments,
    Explaining,
    Follower,
    Journeys,
    Letters,
    NoticeQueue,
    Notices,
    PartTally,
    Programs,
    References,
    Schedules,
    StepCodes,
    Stepper,
    Surroundings,
    Telling,
)
from kikubari.journeys.definition import JourneyDefinition, SegmentTrigger
from kikubari.measure import Tally, judge
from kikubari.segments import EventTests
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError

STEPPING = timedelta(seconds=0.1)
_DECIDING = timedelta(minutes=1)
_WISHING = timedelta(seconds=30)
_WRITING = timedelta(seconds=2)
_SHARDS = 997


class JourneysWing:
    """Journeys, the reader of the log that lets people in, and the worker that takes them on."""

    def __init__(
        self,
        ground: Ground,
        log: LogWing,
        people: PeopleWing,
        segments: SegmentsWing,
        *,
        letters: LettersWing,
        delivery: DeliveryWing,
        calling: CallingWing,
        access: Access,
    ) -> None:
        self._ground = ground
        self._segments = segments
        self._letters = letters
        self._delivery = delivery
        self._calling = calling
        self._sender = Sender(
            from_address=f"news@{ground.settings.mail_domain}",
            from_name=ground.settings.shop_name,
        )
        self._staff = Staff(access, ground.settings.mail_domain)
        around = _surroundings(ground, log, people, segments, letters)
        programs = Programs(ground.state, workspace_id=DEFAULT_WORKSPACE)
        messages = self._make_letters()
        self.journeys = self._make_journeys(messages)
        self.explaining = Explaining(
            around, delivery.outbox, _questions(ground, log, people, segments)
        )
        self.experiments = Experiments(ground.state, programs, ground.clock, _find_best)
        self._follower = Follower(around, programs)
        self._stepper = self._make_stepper(around, programs, messages)
        self._stepping = ground.loop("journeys", self._stepper.step, idle=STEPPING)
        following = ground.lone_loop("journeys log", self._follow, idle=ground.woken)
        log.when_copied(following.wake)
        notices = self._make_notices(programs)
        self.loops = (
            following,
            self._stepping,
            *_calendar_loops(ground, around, programs),
            ground.lone_loop("experiments", self._decide, idle=_DECIDING),
            ground.lone_loop("letters to staff", notices.step, idle=_WRITING),
        )

    def lag(self) -> int:
        """Return how many events of the log nobody was let in by, or stopped waiting for, yet."""
        return self._follower.lag()

    def _follow(self) -> bool:
        has_more = self._follower.step()
        if has_more:
            self._stepping.wake()
        return has_more

    def _decide(self) -> bool:
        self.experiments.decide()
        return False

    def _make_letters(self) -> Letters:
        return Letters(
            self._ground.state,
            sender=self._sender,
            fill=self._letters.saved_blocks.fill,
            selecting=self._segments.facts.list,
            coupons=self._letters.coupons,
            workspace_id=DEFAULT_WORKSPACE,
        )

    def _make_journeys(self, messages: Letters) -> Journeys:
        return Journeys(
            self._ground.state,
            self._ground.clock,
            self._ground.ids,
            check_message=messages.check,
            check_references=References(self._segments.facts.check, self._exists).list_faults,
            prepare=self._prepare,
        )

    def _make_stepper(self, around: Surroundings, programs: Programs, messages: Letters) -> Stepper:
        clock = self._ground.clock
        return Stepper(
            around,
            programs,
            messages,
            acting=Actions(self._segments.lists, around.people, log=around.log),
            issue=StepCodes(self._letters.issuing, clock),
            tell=Telling(self._calling.queue, NoticeQueue(), around.log, clock),
            shard=crc32(self._ground.process_name.encode()) % _SHARDS,
        )

    def _make_notices(self, programs: Programs) -> Notices:
        letters, delivery = self._letters, self._delivery
        return Notices(
            self._ground.state,
            programs,
            self._ground.clock,
            sender=self._sender,
            recipients=letters.recipients,
            occasions=letters.occasions,
            composer=letters.composer,
            hand_over=StaffPost(delivery.thread.hand_over, delivery.return_path),
            is_staff=self._staff.is_one,
        )

    def _prepare(self, definition: JourneyDefinition) -> None:
        """Make the segment tell who enters and leaves that lets people into a journey."""
        if isinstance(definition.trigger, SegmentTrigger):
            self._segments.memberships.set_announces(definition.trigger.segment, announces=True)

    def _exists(self, kind: str, id_: str) -> bool:
        try:
            match kind:
                case "followed segment":
                    return self._segments.memberships.find_state(id_) is not None
                case "journey":
                    self.journeys.get(id_)
                case "list":
                    self._segments.lists.get(id_)
                case "member of staff":
                    return self._staff.is_one(id_)
                case "endpoint":
                    self._calling.endpoints.get(id_)
                case "offer":
                    self._letters.offers.get(id_)
                case _:
                    return False  # nothing of this kind can be used in a journey here
        except NotFoundError:
            return False
        return True


def _surroundings(
    ground: Ground,
    log: LogWing,
    people: PeopleWing,
    segments: SegmentsWing,
    letters: LettersWing,
) -> Surroundings:
    """Return what journeys run in."""
    state, clock, settings = ground.state, ground.clock, ground.settings
    zone = ZoneInfo(settings.timezone)
    return Surroundings(
        store=state,
        audience=SegmentAudience(segments.engine),
        log=CopiedLog(log.log, log.copier),
        people=JourneyPeople(state, people.profiles, people.limits),
        tests=EventTests(currency=settings.currency, zone=zone, workspace_id=DEFAULT_WORKSPACE),
        clock=clock,
        zone=zone,
        hours=HabitualHours(state, ground.columnar, people.profiles, clock, limits=people.limits),
        withdraw=partial(withdraw, coupons=letters.coupons),
    )


def _questions(
    ground: Ground, log: LogWing, people: PeopleWing, segments: SegmentsWing
) -> PersonQuestions:
    """Return what answers conditions about one person."""
    return PersonQuestions(
        log.log,
        JourneyPeople(ground.state, people.profiles, people.limits),
        segments.segments,
        engine=segments.engine,
        explainer=segments.editor.explainer,
        builder=RowBuilder(workspace_id=DEFAULT_WORKSPACE, currency=ground.settings.currency),
    )


def _calendar_loops(ground: Ground, around: Surroundings, programs: Programs) -> tuple[Loop, Loop]:
    """Return what wishes people into journeys that begin by the calendar."""
    anniversaries, schedules = Anniversaries(around, programs), Schedules(around, programs)
    return (
        ground.lone_loop("anniversaries", anniversaries.step, idle=_WISHING),
        ground.lone_loop("schedules", schedules.step, idle=_WISHING),
    )


def _find_best(parts: Sequence[PartTally]) -> str | None:
    """Return the part that is proven better than every other, if one is."""
    tallies = [
        Tally(part=one.part, people=one.people, reached=one.reached, share=one.share)
        for one in parts
    ]
    return judge(tallies).winner
