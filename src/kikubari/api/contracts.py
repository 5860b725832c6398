"""What the HTTP surfaces are given: the services of the rooms below, wired once by `app`."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Protocol, Self

import msgspec

from kikubari.access import Access, Principal
from kikubari.catalog import Catalog, ProductNews, Watchers
from kikubari.collect import (
    AttributeCatalogue,
    RejectedEvents,
    Sources,
    TrackingPlans,
    Violations,
)
from kikubari.decide.guard import GuardPolicies
from kikubari.decide.images import ImageLibrary
from kikubari.decide.offers import Offers
from kikubari.decide.predict import Predictions
from kikubari.decide.recommend import ProductAudiences, Recommending, Suggesting
from kikubari.decide.stages import StageBook, StagePeople
from kikubari.deliver import (
    DefaultsOfBroadcasts,
    Endpoints,
    Engagement,
    FrequencyPolicies,
    InboxStore,
    MailReceiving,
    OpenDays,
    Outbox,
    OwnRequests,
    Pace,
    RightsNotice,
    SenderReport,
    SpamWatch,
    Subscriptions,
    Suppressions,
    Topics,
    TrackingPolicies,
    Unsubscribing,
    Webhooks,
    WishBook,
)
from kikubari.events import Copier, EventLog
from kikubari.journeys import (
    Broadcast,
    BroadcastDefinition,
    Broadcasts,
    BroadcastVersions,
    Experiments,
    Explaining,
    Journeys,
    Permit,
    Previews,
    Renewals,
    SavedBlocks,
    TestedAddress,
)
from kikubari.journeys.readiness import ReadinessCheck
from kikubari.journeys.recipes import RecipeBook
from kikubari.journeys.simulation import Simulations
from kikubari.kit.clock import Clock
from kikubari.kit.rates import Buckets
from kikubari.measure import GuardTallies, LetterReports, Mailings, Reports
from kikubari.measure.insights import Insights
from kikubari.profiles import (
    Companies,
    ConsentLedger,
    ErasureReceipt,
    ExportReceipt,
    Households,
    Limit,
    LimitReceipt,
    Profiles,
    Saved,
    TraitStatements,
    Wordings,
)
from kikubari.segments import (
    Lookalikes,
    Memberships,
    Personas,
    SegmentEditor,
    SegmentEngine,
    Segments,
    StoredLists,
    Thresholds,
)
from kikubari.storage import ColumnarStore, StateStore

# The source that files come in by; pages say it in words.
FILE_IMPORT = "File import"


class ConsumerHealth(msgspec.Struct, frozen=True):
    """One background loop: whether it works, and how many events it is behind."""

    name: str
    is_alive: bool
    lag: int | None
    last_error: str = ""
    last_error_at: datetime | None = None


class Health(msgspec.Struct, frozen=True):
    """Whether the process is alive and ready to serve."""

    is_ready: bool
    version: str
    log_position: int
    consumers: list[ConsumerHealth]


class PersonExport(msgspec.Struct, frozen=True):
    """Everything about one person, as JSON, and the receipt for it."""

    receipt: ExportReceipt
    body: bytes


class PersonRights(Protocol):
    """What a customer may ask for about themselves; implemented by `app` over all rooms."""

    def export(self, reference: str, *, by: str) -> PersonExport:
        """Return everything about one person, and keep a receipt."""
        ...

    def erase(self, reference: str, *, by: str, reason: str) -> ErasureReceipt:
        """Erase one person everywhere."""
        ...

    def limit(self, reference: str, limit: Limit, *, by: str, reason: str) -> LimitReceipt:
        """Keep one person's data and do not use it, or not for marketing."""
        ...

    def lift(self, reference: str, limit: Limit, *, by: str) -> list[LimitReceipt]:
        """Use it again."""
        ...

    def find_limits(self, reference: str) -> frozenset[Limit]:
        """Return the limits one person has."""
        ...

    def list_limits(self) -> list[LimitReceipt]:
        """Return the receipts of limits, newest first."""
        ...

    def list_erasures(self) -> list[ErasureReceipt]:
        """Return the receipts of erasures, newest first."""
        ...

    def list_exports(self) -> list[ExportReceipt]:
        """Return the receipts of exports, newest first."""
        ...

    def list_notices(self) -> dict[str, list[RightsNotice]]:
        """Return which endpoints were told, and when they took it, by receipt."""
        ...

    def list_unfinished(self, receipts: list[ErasureReceipt]) -> set[str]:
        """Return those of the receipts whose rows the columnar copy has still to forget."""
        ...


class ShopSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What pages say about the shop."""

    name: str
    currency: str
    timezone: str
    base_url: str
    address: str = ""
    contact: str = ""


class MailSetup(msgspec.Struct, frozen=True, kw_only=True):
    """How mail leaves this installation.

    Attributes:
        sends_by: ``sandbox`` (nothing leaves), ``smtp``, or the provider by whose API it goes.
        signs_for: the domain whose mail is signed.
    """

    sends_by: str
    signs_for: str


@dataclass(frozen=True, kw_only=True)
class HouseServices:
    """The installation as a whole."""

    clock: Clock
    store: StateStore
    columnar: ColumnarStore
    settings: ShopSettings
    access: Access
    rights: PersonRights
    endpoints: Endpoints
    health: Callable[[], Health]
    # Principal of an Authorization secret: an API key, or the local token of this process.
    find_principal: Callable[[str], Principal | None]
    # Draws a product's picture as SVG; None if there is no such product.
    product_image: Callable[[str], str | None]


@dataclass(frozen=True, kw_only=True)
class DataServices:
    """Events: their sources, plans, log and copy."""

    sources: Sources
    rejected: RejectedEvents
    attributes: AttributeCatalogue
    plans: TrackingPlans
    violations: Violations
    log: EventLog
    copier: Copier
    rebuild_copy: Callable[[], None]


@dataclass(frozen=True, kw_only=True)
class PeopleServices:
    """What is known of people."""

    profiles: Profiles
    consents: ConsentLedger
    statements: TraitStatements
    saved: Saved
    companies: Companies
    households: Households
    wordings: Wordings
    product_news: ProductNews
    product_watchers: Watchers


@dataclass(frozen=True, kw_only=True)
class SegmentServices:
    """Who belongs together, and what is found in them."""

    segments: Segments
    segment_engine: SegmentEngine
    memberships: Memberships
    thresholds: Thresholds
    segment_editor: SegmentEditor
    lists: StoredLists
    personas: Personas
    lookalikes: Lookalikes
    insights: Insights


@dataclass(frozen=True, kw_only=True)
class ForecastServices:
    """What people will do and like, and the stages they are in."""

    predictions: Predictions
    life_stages: StageBook
    stage_people: StagePeople
    recommending: Recommending
    product_audiences: ProductAudiences
    suggesting: Suggesting


@dataclass(frozen=True, kw_only=True)
class WishServices:
    """What people wish to get, and what they did with what they got."""

    engagement: Engagement
    unsubscribing: Unsubscribing
    frequency_policies: FrequencyPolicies
    wishes: WishBook
    tracking_policies: TrackingPolicies
    open_days: OpenDays
    topics: Topics
    subscriptions: Subscriptions
    own_requests: OwnRequests
    form_calls: Buckets


@dataclass(frozen=True, kw_only=True)
class LetterServices:
    """What letters are made of."""

    catalog: Catalog
    offers: Offers
    guard_policies: GuardPolicies
    broadcast_defaults: DefaultsOfBroadcasts
    previews: Previews
    versions: BroadcastVersions
    saved_blocks: SavedBlocks
    images: ImageLibrary


@dataclass(frozen=True, kw_only=True)
class DeliveryServices:
    """Broadcasts, sending, and what came back."""

    outbox: Outbox
    suppressions: Suppressions
    receiving: MailReceiving
    webhooks: Webhooks
    spam_watch: SpamWatch
    # Looks up what a sender's domain publishes, and judges it with how this installation sends.
    check_sender: Callable[[str], SenderReport]
    mail: MailSetup
    pace: Pace
    mailings: Mailings
    inbox: InboxStore
    broadcasts: Broadcasts
    renewals: Renewals
    reports: Reports
    letter_reports: LetterReports
    guard_tallies: GuardTallies
    # Fixes a draft's audience if that is permitted, for who asks; its messages are queued behind.
    send_broadcast: Callable[[str, Permit, str], Broadcast]
    # The same though the sender's check fails.
    send_unchecked: Callable[[str, Permit, str], Broadcast]
    # Sends a draft as one person would get it to addresses; nothing of it is counted.
    send_trial: Callable[[BroadcastDefinition, int, Sequence[str]], Awaitable[list[TestedAddress]]]


@dataclass(frozen=True, kw_only=True)
class JourneyServices:
    """Journeys, and their trials."""

    journeys: Journeys
    experiments: Experiments
    explaining: Explaining
    readiness: ReadinessCheck
    recipes: RecipeBook
    simulations: Simulations


ServicesPart = (
    HouseServices
    | DataServices
    | PeopleServices
    | SegmentServices
    | ForecastServices
    | WishServices
    | LetterServices
    | DeliveryServices
    | JourneyServices
)


@dataclass(frozen=True, kw_only=True)
class Services(
    HouseServices,
    DataServices,
    PeopleServices,
    SegmentServices,
    ForecastServices,
    WishServices,
    LetterServices,
    DeliveryServices,
    JourneyServices,
):
    """Everything the handlers call."""

    @classmethod
    def join(cls, *parts: ServicesPart) -> Self:
        """Return the services of all parts; each is given once."""
        return cls(**{one.name: getattr(part, one.name) for part in parts for one in fields(part)})
