"""From an audience to messages that were sent, and what came of them."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from kikubari.app.adapters import BroadcastOutbox, SegmentAudience
from kikubari.app.contact import AnonymousNumbers, HabitualHours, PersonZones, ProfilePeople
from kikubari.app.delivering import LEASE, DeliveryThread
from kikubari.app.journeying import CopiedLog
from kikubari.app.letters import write_own_request_letters, write_subscription_letter
from kikubari.app.recipients import LedgerConsents, ProfileRecipients
from kikubari.app.reports import list_webhooks
from kikubari.app.senders import SenderChecks, make_pace
from kikubari.app.settings import Settings
from kikubari.app.showcase import Showcase
from kikubari.app.trial_sends import TrialSends
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.app.wings.segments import SegmentsWing
from kikubari.catalog import Catalog
from kikubari.decide.guard import GuardPolicies
from kikubari.decide.offers import Issuing, Offers
from kikubari.decide.recommend import PopularProducts
from kikubari.deliver import (
    DefaultsOfBroadcasts,
    Delivering,
    Engagement,
    FrequencyCheck,
    FrequencyPolicies,
    InboxStore,
    LimitCheck,
    MailReceiving,
    MailSettings,
    OldContacts,
    Outbox,
    Outcomes,
    OwnRequests,
    ReturnPath,
    SandboxComposer,
    SpamWatch,
    Subscriptions,
    Suppressions,
    Topics,
    TrackingTokens,
    Transport,
    Unsubscribing,
    Webhooks,
    WishBook,
    WorkerSettings,
    refuse_if_not_ready,
)
from kikubari.journeys import (
    Broadcast,
    Broadcasts,
    BroadcastVersions,
    CouponDesk,
    Occasions,
    Permit,
    Previews,
    SavedBlocks,
)
from kikubari.measure import GuardTallies, Mailings, Reports
from kikubari.spec.errors import NotFoundError

_SELDOM = timedelta(seconds=5)
_DAILY = timedelta(days=1)
_RARELY = timedelta(seconds=20)


class DeliveryWing:
    """Catalogue, broadcasts, outbox, sending, and what recipients did with it."""

    def __init__(
        self, ground: Ground, log: LogWing, people: PeopleWing, segments: SegmentsWing
    ) -> None:
        state, clock = ground.state, ground.clock
        tokens = TrackingTokens(ground.secrets.tracking_key)
        self.catalog = Catalog(state)
        self.outbox = Outbox(state, log.keys, clock)
        self.inbox = InboxStore(ground.engines.sandbox)
        self.suppressions = Suppressions(state, log.hasher, ground.ids)
        self._consents = LedgerConsents(people.consents)
        self.engagement = Engagement(state, tokens, self._consents)
        self.unsubscribing = Unsubscribing(state, tokens)
        self.frequency_policies = FrequencyPolicies(state)
        self.broadcast_defaults = DefaultsOfBroadcasts(state)
        self.wishes = WishBook(state)
        self.topics = Topics(state)
        self.subscriptions = Subscriptions(
            state,
            log.hasher,
            AnonymousNumbers(people.profiles),
            clock=clock,
            ids=ground.ids,
            letter=write_subscription_letter(ground.settings),
        )
        self.own_requests = OwnRequests(
            state, clock=clock, ids=ground.ids, letters=write_own_request_letters(ground.settings)
        )
        self._return_path = ReturnPath(_bounce_address(ground.settings), tokens)
        self.webhooks = Webhooks(state, tokens, list_webhooks(ground.settings))
        self.receiving = MailReceiving(Outcomes(state), self._return_path, tokens)
        audience = SegmentAudience(segments.engine)
        self.offers = Offers(state, clock, ground.ids, currency=ground.settings.currency)
        self.coupons = CouponDesk(
            state,
            self.offers,
            Issuing(ProfilePeople(people.profiles), ZoneInfo(ground.settings.timezone)),
            audience=audience,
            people=ProfilePeople(people.profiles),
            clock=clock,
            selecting=segments.facts.list,
        )
        self.broadcasts = Broadcasts(
            state,
            self.outbox,
            audience,
            clock,
            ground.ids,
            selecting=segments.facts.list,
            coupons=self.coupons,
            zone=ZoneInfo(ground.settings.timezone),
            zones=PersonZones(state, people.profiles).zones,
        )
        self.reports = Reports(
            ground.columnar, BroadcastOutbox(self.outbox), log.copier.copied_position
        )
        self.mailings = Mailings(ground.columnar, timezone=ground.settings.timezone)
        self.guard_policies = GuardPolicies(state)
        self.guard_tallies = GuardTallies(ground.columnar)
        self._composer = SandboxComposer(
            _mail_settings(ground),
            clock,
            workers=ground.settings.render_workers,
            policy=lambda: self.guard_policies.get().policy,
            topic_names=self._name_topic,
        )
        self._recipients = self._find_recipients(ground, people)
        self.saved_blocks = SavedBlocks(state, clock, ground.ids)
        self.versions = BroadcastVersions(state)
        self.previews = Previews(
            self._recipients,
            self._composer,
            clock,
            fill=self.saved_blocks.fill,
            coupons=self.coupons,
        )
        self.pace = make_pace(ground.settings)
        self.thread = self._make_thread(ground, log, people)
        self.trials = TrialSends(self.previews, self.thread.hand_over, self._return_path)
        self.spam_watch = SpamWatch(state, clock)
        self.senders = SenderChecks(ground.settings, ground.secrets.dkim)
        self._queueing = ground.loop("broadcasts", self._queue, idle=_SELDOM)
        self.loops = (
            self._queueing,
            ground.lone_loop("subscriptions", self.subscriptions.send_requests),
            ground.lone_loop("old contacts", OldContacts(state, clock).forget_some, idle=_DAILY),
            ground.lone_loop("complaints", self._watch_complaints, idle=_RARELY),
        )

    def send(self, broadcast_id: str, permit: Permit, *, is_unchecked: bool = False) -> Broadcast:
        """Fix a draft's audience; its messages are queued behind.

        Args:
            broadcast_id: of a draft.
            permit: has the last word.
            is_unchecked: send though the sender breaks rules of large mail providers.

        Raises:
            ConflictError: the sender's mail is held for complaints; see `Broadcasts.start`.
            SenderNotReadyError: with what the sender has to mend.
        """
        sender = self.broadcasts.get(broadcast_id).definition.sender.from_address
        self.spam_watch.refuse_if_held(sender)
        if not is_unchecked:
            refuse_if_not_ready(self.senders.check(sender.rpartition("@")[2]))
        started = self.broadcasts.start(broadcast_id, permit=permit)
        self._queueing.wake()
        return started

    def _name_topic(self, topic_id: str) -> tuple[str, str]:
        try:
            topic = self.topics.get(topic_id).definition
        except NotFoundError:
            return "", ""  # gone since
        return topic.name_ja, topic.name_en

    def stop(self) -> None:
        """Let the messages under way end."""
        self.thread.stop()
        self._composer.close()

    def _watch_complaints(self) -> bool:
        self.spam_watch.check()
        return False

    def _queue(self) -> bool:
        """Begin what was scheduled for now; queue what was started, or cut short by an end."""
        self.broadcasts.begin_scheduled()
        self.broadcasts.resume_enqueuing()
        return False

    def _find_recipients(self, ground: Ground, people: PeopleWing) -> ProfileRecipients:
        settings = ground.settings
        return ProfileRecipients(
            ground.state,
            people.profiles,
            people.consents,
            ground.columnar,
            clock=ground.clock,
            popular=PopularProducts(ground.columnar, self.catalog, ground.clock),
            currency=settings.currency,
            timezone=settings.timezone,
            base_url=settings.base_url,
            limits=people.limits,
            households=people.households,
        )

    def _make_thread(self, ground: Ground, log: LogWing, people: PeopleWing) -> DeliveryThread:
        settings = ground.settings
        who = ProfilePeople(people.profiles)
        hours = HabitualHours(ground.state, ground.columnar, people.profiles, ground.clock)
        early = FrequencyCheck(who, ground.clock, is_last=False, best_hours=hours)
        last = FrequencyCheck(who, ground.clock, is_last=True)
        limits = LimitCheck(people.limits)
        occasions = Showcase(
            Occasions(ground.state, CopiedLog(log.log, log.copier)),
            ground.state,
            catalog=self.catalog,
            columnar=ground.columnar,
            people=people.profiles,
            saved=people.saved,
            clock=ground.clock,
            base_url=ground.settings.base_url,
        )

        def build(transport: Transport) -> Delivering:
            return Delivering(
                store=ground.state,
                recipients=self._recipients,
                consents=self._consents,
                sealing=log.keys,
                composer=self._composer,
                transport=transport,
                hasher=log.hasher,
                clock=ground.clock,
                early_checks=(limits, early),
                content_checks=(limits,),
                timing_checks=(last,),
                throttle=self.pace,
                return_path=self._return_path,
                coupons=self.coupons,
                occasions=occasions,
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


def _mail_settings(ground: Ground) -> MailSettings:
    settings, secrets = ground.settings, ground.secrets
    return MailSettings(
        base_url=settings.base_url,
        tracking_key=secrets.tracking_key,
        dkim_keys={settings.mail_domain: (secrets.dkim,)},
        content={
            "shop": {
                "name": settings.shop_name,
                "url": settings.base_url,
                "address": settings.shop_address,
                "contact": settings.shop_contact,
            }
        },
        currency=settings.currency,
    )
