"""The house: every room's services, built once and wired to one another."""

import hmac
import os
import socket
import threading
from collections.abc import Callable
from importlib.metadata import version
from zoneinfo import ZoneInfo

import msgspec

from kikubari.access import SCOPES, Access, Principal
from kikubari.api import ConsumerHealth, Health, Services, ShopSettings
from kikubari.app.adapters import BroadcastOutbox, SegmentAudience
from kikubari.app.copying import EncodingProcess
from kikubari.app.delivering import DeliveryThread
from kikubari.app.engines import Engines
from kikubari.app.loops import Loop
from kikubari.app.people_rights import PeopleRights
from kikubari.app.recipients import LedgerConsents, ProfileRecipients
from kikubari.app.secrets import Secrets, load_secrets
from kikubari.app.settings import Settings
from kikubari.app.turns import Turns
from kikubari.catalog import Catalog, CatalogProjection
from kikubari.collect import (
    AttributeCatalogue,
    PlanGate,
    RejectedEvents,
    Sources,
    TrackingApi,
    TrackingPlans,
    Violations,
)
from kikubari.decide.recommend import PopularProducts
from kikubari.deliver import (
    AddressHasher,
    Delivering,
    Engagement,
    InboxStore,
    MailSettings,
    Outbox,
    SandboxComposer,
    SuppressionProjection,
    Suppressions,
    TrackingTokens,
    Unsubscribing,
)
from kikubari.deliver.providers.smtp import SmtpPool
from kikubari.events import Copier, EventLog, Forgetting, Intake, RangeEncoder, Sequencer
from kikubari.journeys import Broadcast, Broadcasts, Previews
from kikubari.kit.clock import SystemClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.measure import Reports
from kikubari.profiles import (
    Companies,
    CompanyProjection,
    ConsentLedger,
    ConsentProjection,
    Households,
    IdentityNumbering,
    PersonKeys,
    Profiles,
    Rights,
    Saved,
    SavedProjection,
    SharingProjection,
    TraitProjection,
    TraitStatements,
)
from kikubari.segments import (
    STALE_AFTER,
    Follower,
    LiveLeaves,
    Lookalikes,
    Memberships,
    PastSizes,
    Personas,
    SegmentDefinitions,
    SegmentEngine,
    Segments,
    StoredLists,
    Thresholds,
    create_editor,
)

ProductPicture = Callable[[str, str, str], str]  # product id, category, title → SVG

# Members follow the copy, which follows the log, within two seconds.
_FOLLOW_SECONDS = 0.5
_LOCAL_PRINCIPAL = Principal("this machine", frozenset(SCOPES))


class House:
    """One installation in one process. `start` sets it to work, `close` ends it cleanly."""

    def __init__(
        self, settings: Settings, *, local_token: str, draw_product: ProductPicture | None = None
    ) -> None:
        self._settings = settings
        self._local_token = local_token
        self._draw_product = draw_product
        self._clock = SystemClock()
        self._ids = TimeOrderedIds()
        self._engines = Engines(settings)
        self._process_name = f"{socket.gethostname()}:{os.getpid()}"
        self._turns = Turns(
            self._engines.state,
            self._clock,
            holder=self._process_name,
            is_alone=settings.is_embedded,
        )
        self._secrets = load_secrets(settings.keys_folder, dkim_selector=settings.dkim_selector)
        self._build_log()
        self._build_segments()
        self._build_delivery()
        self.services = self._build_services()
        self._queueing = Loop("broadcasts", self._queue, self._clock, idle_seconds=5.0)
        self._loops = (
            Loop("sequencer", self._sequence, self._clock),
            Loop("copier", self._copy, self._clock),
            Loop("segments", self._follow, self._clock, idle_seconds=_FOLLOW_SECONDS),
            Loop("past sizes", self._look_back, self._clock, idle_seconds=30.0),
            self._queueing,
            Loop("forgetting", self._forget, self._clock, idle_seconds=5.0),
            Loop("governance", self._govern, self._clock, idle_seconds=5.0),
        )

    # Building, in the order of the data's way

    def _build_log(self) -> None:
        state, intake = self._engines.state, self._engines.intake
        self._keys = PersonKeys(self._secrets.instance)
        self._numbering = IdentityNumbering()
        self._hasher = AddressHasher(self._secrets.address_key)
        self._sequencer = Sequencer(
            state,
            [intake] if intake is state else [intake, state],
            self._numbering,
            self._keys,
            projections=[
                TraitProjection(self._keys),
                ConsentProjection(self._keys),
                SavedProjection(self._keys),
                CompanyProjection(self._keys),
                SharingProjection(self._secrets.instance),
                CatalogProjection(),
                SuppressionProjection(self._hasher),
            ],
        )
        self._log = EventLog(state, self._keys)
        encoder = RangeEncoder(self._log, currency=self._settings.currency)
        self._encoding = EncodingProcess(self._settings, encoder)
        self._copier = Copier(
            state,
            self._engines.columnar,
            self._log,
            self._numbering,
            self._encoding,
        )
        self._copier.prepare()
        self._forgetting = Forgetting(state, self._engines.columnar)
        self._copying = threading.Lock()
        self._sources = Sources(state, self._clock)
        self._rejected = RejectedEvents(intake)
        self._attributes = AttributeCatalogue(
            state, self._engines.columnar, self._copier, self._clock
        )
        self._violations = Violations(intake, classes=self._attributes)
        gate = PlanGate(self._violations)
        self._plans = TrackingPlans(state, gate, self._clock, self._log)
        self._plans.refresh()
        self.tracking = TrackingApi(
            Intake(intake),
            self._sources,
            self._rejected,
            self._clock,
            gate=gate,
            ids=self._ids,
            public_url=self._settings.public_url,
        )

    def _build_segments(self) -> None:
        state, zone = self._engines.state, ZoneInfo(self._settings.timezone)
        self._thresholds = Thresholds(state, self._engines.columnar, self._clock)
        definitions = SegmentDefinitions(state, self._thresholds)
        self._lists = StoredLists(state, self._engines.columnar)
        self._segment_engine = SegmentEngine(
            self._engines.columnar,
            progress=self._copier,
            lists=self._lists,
            definitions=definitions,
            clock=self._clock,
            zone=zone,
        )
        self._segments = Segments(state, self._segment_engine, self._ids, self._clock)
        self._segment_editor = create_editor(
            self._engines.columnar,
            self._segment_engine,
            self._segments,
            lists=self._lists,
            definitions=definitions,
            currency=self._settings.currency,
            zone=zone,
        )
        self._memberships = Memberships(state, self._clock)
        leaves = LiveLeaves(
            state,
            self._engines.columnar,
            progress=self._copier,
            moves=self._numbering,
            lists=self._lists,
            zone=zone,
        )
        self._follower = Follower(state, leaves, definitions, self._copier, self._clock)
        self._past = PastSizes(state, self._segment_engine, self._clock)

    def _build_delivery(self) -> None:
        state = self._engines.state
        self._catalog = Catalog(state)
        tokens = TrackingTokens(self._secrets.tracking_key)
        self._profiles = Profiles(self._keys)
        self._ledger = ConsentLedger(self._keys)
        self._statements = TraitStatements(self._keys)
        self._saved = Saved(self._keys)
        self._companies = Companies(self._keys)
        self._households = Households()
        consents = LedgerConsents(self._ledger)
        self._outbox = Outbox(state, self._keys, self._clock)
        self._inbox = InboxStore(self._engines.sandbox)
        self._engagement = Engagement(state, tokens, consents)
        self._unsubscribing = Unsubscribing(state, tokens)
        audience = SegmentAudience(self._segment_engine)
        self._broadcasts = Broadcasts(state, self._outbox, audience, self._clock, self._ids)
        composer = SandboxComposer(
            self._mail_settings(self._secrets), self._clock, workers=self._settings.render_workers
        )
        self._composer = composer
        recipients = ProfileRecipients(
            state,
            self._profiles,
            self._ledger,
            self._engines.columnar,
            clock=self._clock,
            popular=PopularProducts(self._engines.columnar, self._catalog, self._clock),
            currency=self._settings.currency,
            timezone=self._settings.timezone,
            base_url=self._settings.base_url,
        )

        self._previews = Previews(recipients, composer, self._clock)

        def build(transport: SmtpPool) -> Delivering:
            return Delivering(
                store=state,
                recipients=recipients,
                consents=consents,
                sealing=self._keys,
                composer=composer,
                transport=transport,
                hasher=self._hasher,
                clock=self._clock,
            )

        self._delivery = DeliveryThread(
            build,
            self._inbox,
            self._clock,
            smtp_url=self._settings.smtp_url,
            inbox_port=self._settings.inbox_port,
            connections=self._settings.smtp_connections,
            name=self._process_name,
            is_alone=self._settings.is_embedded,
        )

    def _mail_settings(self, secrets: Secrets) -> MailSettings:
        settings = self._settings
        return MailSettings(
            base_url=settings.base_url,
            tracking_key=secrets.tracking_key,
            dkim_keys={settings.mail_domain: (secrets.dkim,)},
            content={"shop": {"name": settings.shop_name, "url": settings.base_url}},
            currency=settings.currency,
        )

    def _build_services(self) -> Services:
        state = self._engines.state
        settings = self._settings
        return Services(
            clock=self._clock,
            store=state,
            columnar=self._engines.columnar,
            settings=ShopSettings(
                name=settings.shop_name,
                currency=settings.currency,
                timezone=settings.timezone,
                base_url=settings.base_url,
            ),
            access=Access(
                state,
                self._clock,
                self._ids,
                sealing_key=self._secrets.second_factor_key,
                audit_key=self._secrets.audit_key,
                shop_name=settings.shop_name,
            ),
            sources=self._sources,
            rejected=self._rejected,
            attributes=self._attributes,
            plans=self._plans,
            violations=self._violations,
            log=self._log,
            copier=self._copier,
            profiles=self._profiles,
            consents=self._ledger,
            statements=self._statements,
            saved=self._saved,
            companies=self._companies,
            households=self._households,
            rights=self._build_rights(),
            catalog=self._catalog,
            segments=self._segments,
            segment_engine=self._segment_engine,
            memberships=self._memberships,
            thresholds=self._thresholds,
            segment_editor=self._segment_editor,
            lists=self._lists,
            personas=Personas(
                state, self._engines.columnar, self._segment_engine, self._lists, self._clock
            ),
            lookalikes=Lookalikes(
                state, self._engines.columnar, self._segment_engine, self._lists, self._clock
            ),
            outbox=self._outbox,
            suppressions=Suppressions(state, self._hasher, self._ids),
            engagement=self._engagement,
            unsubscribing=self._unsubscribing,
            inbox=self._inbox,
            broadcasts=self._broadcasts,
            previews=self._previews,
            reports=Reports(
                self._engines.columnar,
                BroadcastOutbox(self._outbox),
                self._copier.copied_position,
            ),
            send_broadcast=self._send_broadcast,
            health=self.health,
            rebuild_copy=self._rebuild_copy,
            find_principal=self._find_principal,
            product_image=self._product_image,
        )

    def _build_rights(self) -> PeopleRights:
        return PeopleRights(
            self._engines.state,
            self._engines.columnar,
            clock=self._clock,
            ids=self._ids,
            log=self._log,
            profiles=self._profiles,
            consents=self._ledger,
            statements=self._statements,
            saved=self._saved,
            companies=self._companies,
            households=self._households,
            outbox=self._outbox,
            inbox=self._inbox,
            rights=Rights(self._keys, self._secrets.instance),
            forgetting=self._forgetting,
        )

    # Working

    def start(self) -> None:
        """Set the loops and the delivery thread to work."""
        for loop in self._loops:
            loop.start()
        self._delivery.start()

    def close(self) -> None:
        """Let what is under way end, then close every store."""
        self._delivery.stop()
        self._composer.close()
        for loop in self._loops:
            loop.stop()
        self._encoding.close()
        self._segment_editor.audiences.close()
        self._engines.close()

    def health(self) -> Health:
        """Say how everything fares."""
        loops = [loop.health() for loop in self._loops]
        lags = {"sequencer": self._sequencer.waiting(), "copier": self._copier.lag()}
        consumers = [
            ConsumerHealth(
                one.name, one.is_alive, lags.get(one.name), one.last_error, one.last_error_at
            )
            for one in loops
        ]
        consumers = [self._with_freshness(one) for one in consumers]
        consumers.append(
            ConsumerHealth("deliver", self._delivery.is_alive, None, self._delivery.last_error)
        )
        return Health(
            is_ready=all(one.is_alive for one in consumers),
            version=version("kikubari"),
            log_position=self._log.position(),
            consumers=consumers,
        )

    def _with_freshness(self, one: ConsumerHealth) -> ConsumerHealth:
        """Say how far the members of segments are behind the copy; raise an alarm if for long."""
        if one.name != "segments":
            return one
        behind = max(0, self._copier.copied_position() - self._memberships.position())
        lag, error = self._memberships.lag(), one.last_error
        if lag is not None and lag > STALE_AFTER and not error:
            error = f"members of segments are {round(lag.total_seconds())} s behind"
        return msgspec.structs.replace(one, lag=behind, last_error=error)

    def _sequence(self) -> bool:
        if not self._turns.is_mine("sequencer"):
            return False
        done = self._sequencer.run_once()
        return bool(done.n_new or done.n_duplicates)

    def _copy(self) -> bool:
        if not self._turns.is_mine("copier"):
            return False
        with self._copying:
            return self._copier.run_once() > 0

    def _govern(self) -> bool:
        """Follow plans that other processes applied; count attributes when it is time."""
        self._plans.refresh()
        if self._turns.is_mine("copier"):
            self._attributes.refresh_if_due()
        return False

    def _forget(self) -> bool:
        if not self._turns.is_mine("forgetting"):
            return False
        return self._forgetting.run_once() > 0

    def _follow(self) -> bool:
        """Bring the members of segments up to the copy and the clock."""
        if not self._turns.is_mine("segments"):
            return False
        if self._copier.lag() == 0:
            self._thresholds.renew_if_due(self._copier.copied_position())
        return self._follower.step()

    def _look_back(self) -> bool:
        """Fill a week of some segment's past, when nothing else waits for the copy."""
        if not self._turns.is_mine("past sizes") or self._copier.lag() > 0:
            return False
        return self._past.run_once()

    def _send_broadcast(self, broadcast_id: str) -> Broadcast:
        started = self._broadcasts.start(broadcast_id)
        self._queueing.wake()
        return started

    def _queue(self) -> bool:
        """Queue the messages of broadcasts just started, or cut short by a process's end."""
        self._broadcasts.resume_enqueuing()
        return False

    def _rebuild_copy(self) -> None:
        with self._copying:
            self._copier.rebuild()
            while self._copier.run_once():
                pass

    def _find_principal(self, secret: str) -> Principal | None:
        if hmac.compare_digest(secret.encode(), self._local_token.encode()):
            return _LOCAL_PRINCIPAL
        return self.services.access.keys.find_principal(secret)

    def _product_image(self, product_id: str) -> str | None:
        product = self.services.catalog.find_product(product_id)
        if product is None or self._draw_product is None:
            return None
        return self._draw_product(product.product_id, product.category or "", product.title or "")
