"""What customers wish to get, and what they did with what they got."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from kikubari.api import WishServices
from kikubari.app.contact import AnonymousNumbers
from kikubari.app.letters import write_own_request_letters, write_subscription_letter
from kikubari.app.recipients import LedgerConsents
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.deliver import (
    Engagement,
    FrequencyPolicies,
    OpenDays,
    OwnRequests,
    Subscriptions,
    Topics,
    TrackingPolicies,
    TrackingTokens,
    Unsubscribing,
    WishBook,
)
from kikubari.kit.rates import Buckets

_BETWEEN_VISITS = timedelta(seconds=1)
_DAILY = timedelta(days=1)


class WishesWing:
    """Topics, subscriptions and unsubscribing, and how often anybody may be written to."""

    def __init__(self, ground: Ground, log: LogWing, people: PeopleWing) -> None:
        state, clock = ground.state, ground.clock
        tokens = TrackingTokens(ground.secrets.tracking_key)
        self.consents = LedgerConsents(people.consents)
        self.frequency_policies = FrequencyPolicies(state)
        self.topics = Topics(state)
        self._tracking_policies = TrackingPolicies(state)
        self.open_days = OpenDays(
            state, people.countable, clock, ZoneInfo(ground.settings.timezone), log.hasher
        )
        self._engagement = Engagement(
            state,
            tokens,
            self.consents,
            clock,
            key=ground.secrets.tracking_key,
            days=self.open_days,
        )
        self._unsubscribing = Unsubscribing(state, tokens)
        self._wishes = WishBook(state)
        self._subscriptions = Subscriptions(
            state,
            log.hasher,
            AnonymousNumbers(people.profiles),
            clock=clock,
            ids=ground.ids,
            letter=write_subscription_letter(ground.settings),
        )
        self._own_requests = OwnRequests(
            state, clock=clock, ids=ground.ids, letters=write_own_request_letters(ground.settings)
        )
        self._form_calls = Buckets(clock)
        self.loops = (
            ground.lone_loop("subscriptions", self._subscriptions.send_requests),
            ground.lone_loop("mail visits", self._engagement.tell, idle=_BETWEEN_VISITS),
            ground.lone_loop("open days", self.open_days.forget_some, idle=_DAILY),
        )

    def services(self) -> WishServices:
        """Return what handlers are given."""
        return WishServices(
            engagement=self._engagement,
            unsubscribing=self._unsubscribing,
            frequency_policies=self.frequency_policies,
            wishes=self._wishes,
            tracking_policies=self._tracking_policies,
            open_days=self.open_days,
            topics=self.topics,
            subscriptions=self._subscriptions,
            own_requests=self._own_requests,
            form_calls=self._form_calls,
        )
