"""From an audience to messages that were sent, and what came of them."""

from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

from kikubari.api import DeliveryServices
from kikubari.app.adapters import BroadcastOutbox, LetterGoals, SegmentAudience
from kikubari.app.contact import HabitualHours, PersonZones, ProfilePeople
from kikubari.app.delivering import LEASE, DeliveryThread
from kikubari.app.recipients import LedgerConsents
from kikubari.app.reports import list_webhooks
from kikubari.app.senders import SenderChecks, describe_mail, make_pace
from kikubari.app.settings import Settings
from kikubari.app.trial_sends import TrialSends
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.letters import LettersWing
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.app.wings.segments import SegmentsWing
from kikubari.deliver import (
    Delivering,
    FrequencyCheck,
    InboxStore,
    LimitCheck,
    MailReceiving,
    OldContacts,
    Outbox,
    Outcomes,
    ReturnPath,
    SpamWatch,
    Suppressions,
    TrackingTokens,
    Transport,
    Webhooks,
    WorkerSettings,
    refuse_if_not_ready,
)
from kikubari.journeys import Broadcast, Broadcasts, Growth, LetterTests, Permit, Renewals
from kikubari.measure import (
    Goals,
    GuardTallies,
    LetterReports,
    Mailings,
    Reports,
    find_best_letter,
)

_SELDOM = timedelta(seconds=5)
_DAILY = timedelta(days=1)
_RARELY = timedelta(seconds=20)


class DeliveryWing:
    """Broadcasts, outbox, sending, and what came back."""

    def __init__(
        self,
        ground: Ground,
        log: LogWing,
        people: PeopleWing,
        segments: SegmentsWing,
        letters: LettersWing,
        *,
        consents: LedgerConsents,
        growth: Growth,
    ) -> None:
        state, clock = ground.state, ground.clock
        self._growth = growth
        tokens = TrackingTokens(ground.secrets.tracking_key)
        self.outbox = Outbox(state, log.keys, clock)
        self.inbox = InboxStore(ground.engines.sandbox)
        self.suppressions = Suppressions(state, log.hasher, ground.ids)
        self.return_path = ReturnPath(_bounce_address(ground.settings), tokens)
        self.webhooks = Webhooks(state, tokens, list_webhooks(ground.settings))
        self.receiving = MailReceiving(
            Outcomes(state),
            self.return_path,
            tokens,
            keeps_text=ground.settings.reply_text == "keep",
        )
        self.broadcasts = self._make_broadcasts(ground, people, segments, letters)
        self.renewals = self._make_renewals(ground, people, segments)
        self.reports = Reports(
            ground.columnar, BroadcastOutbox(self.outbox), log.copier.copied_position
        )
        goals = Goals(ground.columnar)
        self._letter_tests = LetterTests(
            state, clock, count=LetterGoals(goals), judge=find_best_letter
        )
        self.letter_reports = LetterReports(self._letter_tests, goals, self.broadcasts.get_shares)
        self.mailings = Mailings(ground.columnar, timezone=ground.settings.timezone)
        self.guard_tallies = GuardTallies(ground.columnar)
        self.pace = make_pace(ground.settings)
        self.thread = self._make_thread(ground, log, people, letters, consents=consents)
        self.trials = TrialSends(letters.previews, self.thread.hand_over, self.return_path)
        self.spam_watch = SpamWatch(state, clock)
        self.senders = SenderChecks(ground.settings, ground.secrets.dkim)
        self._mail = describe_mail(ground.settings)
        self._queueing = ground.loop("broadcasts", self._queue, idle=_SELDOM)
        self.loops = (
            self._queueing,
            ground.lone_loop("letter tests", self._decide_tests, idle=_RARELY),
            ground.lone_loop("old contacts", OldContacts(state, clock).forget_some, idle=_DAILY),
            ground.lone_loop("complaints", self._watch_complaints, idle=_RARELY),
        )

    def services(self) -> DeliveryServices:
        """Return what handlers are given."""
        return DeliveryServices(
            outbox=self.outbox,
            suppressions=self.suppressions,
            receiving=self.receiving,
            webhooks=self.webhooks,
            spam_watch=self.spam_watch,
            check_sender=self.senders.check,
            mail=self._mail,
            pace=self.pace,
            mailings=self.mailings,
            inbox=self.inbox,
            broadcasts=self.broadcasts,
            renewals=self.renewals,
            reports=self.reports,
            letter_reports=self.letter_reports,
            guard_tallies=self.guard_tallies,
            send_broadcast=self.send,
            send_unchecked=partial(self.send, is_unchecked=True),
            send_trial=self.trials.send,
        )

    def send(
        self, broadcast_id: str, permit: Permit, by: str, *, is_unchecked: bool = False
    ) -> Broadcast:
        """Fix a draft's audience; its messages are queued behind.

        Args:
            broadcast_id: of a draft.
            permit: has the last word.
            by: who asks.
            is_unchecked: send though the sender breaks rules of large mail providers.

        Raises:
            ConflictError: the sender's mail is held for complaints; see `Broadcasts.start`.
            SenderNotReadyError: with what the sender has to mend.
        """
        sender = self.broadcasts.get(broadcast_id).definition.sender.from_address
        self.spam_watch.refuse_if_held(sender)
        if not is_unchecked:
            refuse_if_not_ready(self.senders.check(sender.rpartition("@")[2]))
        started = self.broadcasts.start(broadcast_id, permit=permit, by=by)
        self._queueing.wake()
        return started

    def _watch_complaints(self) -> bool:
        self.spam_watch.check()
        return False

    def _queue(self) -> bool:
        """Begin what was scheduled for now; queue what was started, or cut short by an end."""
        self.broadcasts.begin_scheduled(self._growth)
        self.broadcasts.resume_enqueuing()
        return False

    def _decide_tests(self) -> bool:
        if self._letter_tests.decide():
            self._queueing.wake()
        return False

    def _make_broadcasts(
        self, ground: Ground, people: PeopleWing, segments: SegmentsWing, letters: LettersWing
    ) -> Broadcasts:
        return Broadcasts(
            ground.state,
            self.outbox,
            SegmentAudience(segments.engine),
            ground.clock,
            ground.ids,
            selecting=segments.facts.list,
            check_segment=segments.facts.check,
            coupons=letters.coupons,
            zone=ZoneInfo(ground.settings.timezone),
            zones=PersonZones(ground.state, people.profiles).zones,
        )

    def _make_renewals(
        self, ground: Ground, people: PeopleWing, segments: SegmentsWing
    ) -> Renewals:
        return Renewals(
            ground.state,
            consents=people.consents,
            wordings=people.wordings,
            lists=segments.lists,
            segments=segments.segments,
            broadcasts=self.broadcasts,
            clock=ground.clock,
        )

    def _make_thread(
        self,
        ground: Ground,
        log: LogWing,
        people: PeopleWing,
        letters: LettersWing,
        *,
        consents: LedgerConsents,
    ) -> DeliveryThread:
        settings = ground.settings
        who = ProfilePeople(people.profiles)
        hours = HabitualHours(
            ground.state, ground.columnar, people.profiles, ground.clock, limits=people.limits
        )
        early = FrequencyCheck(who, ground.clock, is_last=False, best_hours=hours)
        last = FrequencyCheck(who, ground.clock, is_last=True)
        limits = LimitCheck(people.limits)

        def build(transport: Transport) -> Delivering:
            return Delivering(
                store=ground.state,
                recipients=letters.recipients,
                consents=consents,
                sealing=log.keys,
                composer=letters.composer,
                transport=transport,
                hasher=log.hasher,
                clock=ground.clock,
                early_checks=(limits, early),
                content_checks=(limits,),
                timing_checks=(last,),
                throttle=self.pace,
                return_path=self.return_path,
                coupons=letters.coupons,
                occasions=letters.occasions,
            )

        return DeliveryThread(
            build,
            self.inbox,
            ground.clock,
            smtp_url=settings.smtp_url,
            mail_url=settings.mail_url,
            inbox_port=settings.inbox_port,
            settings=WorkerSettings(connections=settings.smtp_connections, lease=LEASE),
            name=ground.process_name,
            is_alone=settings.is_embedded,
        )


def _bounce_address(settings: Settings) -> str:
    """Return where bounces go. Providers get their name for a message from it."""
    if settings.mail_url and not settings.bounce_address:
        return f"bounces@{settings.mail_domain}"
    return settings.bounce_address
