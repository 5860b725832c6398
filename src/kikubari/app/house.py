"""The house: every room's services, built once and wired to one another."""

import hmac
from collections.abc import Callable
from datetime import timedelta
from importlib.metadata import version

import msgspec

from kikubari.access import SCOPES, Access, Principal
from kikubari.api import (
    ConsumerHealth,
    ForecastServices,
    Health,
    HouseServices,
    JourneyServices,
    Services,
    ShopSettings,
)
from kikubari.app.growth import ApprovedGrowth
from kikubari.app.loops import Loop, stop_all
from kikubari.app.people_rights import PeopleRights
from kikubari.app.settings import Settings
from kikubari.app.wings import (
    CallingWing,
    DeliveryWing,
    Ground,
    JourneysWing,
    LettersWing,
    LogWing,
    PeopleWing,
    PredictingWing,
    RecommendingWing,
    SegmentsWing,
    TryingWing,
    WishesWing,
)
from kikubari.deliver import RightsNotices
from kikubari.profiles import profile_id
from kikubari.segments import STALE_AFTER

ProductPicture = Callable[[str, str, str], str]  # product id, category, title → SVG

_HOURLY = timedelta(hours=1)
_LOCAL_PRINCIPAL = Principal("this machine", frozenset(SCOPES))


class House:
    """One installation in one process. `start` sets it to work, `close` ends it cleanly."""

    def __init__(
        self, settings: Settings, *, local_token: str, draw_product: ProductPicture | None = None
    ) -> None:
        self.settings = settings
        self._local_token = local_token
        self._draw_product = draw_product
        self._ground = Ground(settings)
        # In the order of the data's way.
        self._log = LogWing(self._ground)
        self._people = PeopleWing(self._ground, self._log)
        self._segments = SegmentsWing(self._ground, self._log, self._people)
        self._recommending = RecommendingWing(self._ground, self._log, self._people)
        self._wishes = WishesWing(self._ground, self._log, self._people)
        self._access = self._build_access()
        self._calling = CallingWing(self._ground, self._log)
        self._letters = self._build_letters()
        self._delivery = self._build_delivery()
        self._journeys = self._build_journeys()
        self._trying = self._build_trying()
        self._predicting = PredictingWing(
            self._ground, self._log, self._people, catalog=self._letters.catalog
        )
        self.tracking = self._log.tracking
        self.services = self._build_services()
        self._loops = self._gather_loops()

    def _build_letters(self) -> LettersWing:
        return LettersWing(
            self._ground,
            self._log,
            self._people,
            self._segments,
            topics=self._wishes.topics,
            recommender=self._recommending.recommending,
            suggests=self._recommending.suggesting,
            calling=self._calling,
        )

    def _build_delivery(self) -> DeliveryWing:
        return DeliveryWing(
            self._ground,
            self._log,
            self._people,
            self._segments,
            self._letters,
            consents=self._wishes.consents,
            growth=ApprovedGrowth(self._access),
        )

    def _build_journeys(self) -> JourneysWing:
        return JourneysWing(
            self._ground,
            self._log,
            self._people,
            self._segments,
            letters=self._letters,
            delivery=self._delivery,
            calling=self._calling,
            access=self._access,
        )

    def _build_trying(self) -> TryingWing:
        return TryingWing(
            self._ground,
            self._log,
            self._people,
            segments=self._segments,
            letters=self._letters,
            policies=self._wishes.frequency_policies,
            journeys=self._journeys,
        )

    def _gather_loops(self) -> tuple[Loop, ...]:
        return (
            *self._log.loops,
            *self._people.loops,
            *self._segments.loops,
            *self._letters.loops,
            *self._delivery.loops,
            *self._wishes.loops,
            *self._calling.loops,
            *self._journeys.loops,
            *self._predicting.loops,
            *self._recommending.loops,
            self._ground.lone_loop("unconfirmed", self._forget_unconfirmed, idle=_HOURLY),
        )

    def _forget_unconfirmed(self) -> bool:
        """Erase what forms claimed and nobody confirmed in time."""
        services = self.services
        stale = services.subscriptions.list_stale()
        for one in stale:
            number = one.number or 0
            with services.store.read() as connection:
                canonical = services.profiles.resolve_numbers(connection, [number]).get(number)
                is_a_claim = not services.profiles.load_emails(connection, [canonical or 0])
            # Whoever became part of a known customer meanwhile is not only a claim.
            if canonical is not None and is_a_claim:
                services.rights.erase(
                    profile_id(canonical), by="subscription form", reason="never confirmed"
                )
            services.subscriptions.forget(one)
        return bool(stale)

    def start(self) -> None:
        """Set the loops and the delivery thread to work."""
        for loop in self._loops:
            loop.start()
        self._delivery.thread.start()
        self._calling.thread.start()

    def close(self) -> None:
        """Let what is under way end, then close every store."""
        for loop in self._loops:
            loop.ask_to_stop()
        self._trying.simulations.close()
        self._recommending.close()
        self._predicting.close()
        self._calling.thread.stop()
        self._delivery.thread.stop()
        stop_all(self._loops)
        self._letters.close()
        self._log.close()
        self._segments.close()
        self._ground.engines.close()

    def health(self) -> Health:
        """Say how everything fares."""
        log, thread = self._log, self._delivery.thread
        lags = {
            "sequencer": log.sequencer.waiting(),
            "copier": log.copier.lag(),
            "product news": self._people.product_news.waiting(),
            "journeys log": self._journeys.lag(),
        }
        consumers = [
            ConsumerHealth(
                one.name, one.is_alive, lags.get(one.name), one.last_error, one.last_error_at
            )
            for one in (loop.health() for loop in self._loops)
        ]
        consumers = [self._with_freshness(one) for one in consumers]
        consumers.append(ConsumerHealth("deliver", thread.is_alive, None, thread.last_error))
        calling = self._calling.thread
        consumers.append(ConsumerHealth("webhooks", calling.is_alive, None, calling.last_error))
        return Health(
            is_ready=all(one.is_alive for one in consumers),
            version=version("kikubari"),
            log_position=log.log.position(),
            consumers=consumers,
        )

    def _with_freshness(self, one: ConsumerHealth) -> ConsumerHealth:
        """Say how far the members of segments are behind the copy; raise an alarm if for long."""
        if one.name != "segments":
            return one
        memberships = self._segments.memberships
        behind = max(0, self._log.copier.copied_position() - memberships.position())
        lag, error = memberships.lag(), one.last_error
        if lag is not None and lag > STALE_AFTER and not error:
            error = f"members of segments are {round(lag.total_seconds())} s behind"
        return msgspec.structs.replace(one, lag=behind, last_error=error)

    def _build_access(self) -> Access:
        ground = self._ground
        return Access(
            ground.state,
            ground.clock,
            ground.ids,
            sealing_key=ground.secrets.second_factor_key,
            audit_key=ground.secrets.audit_key,
            shop_name=ground.settings.shop_name,
            shop_hosts=ground.settings.own_hosts,
        )

    def _build_services(self) -> Services:
        return Services.join(
            self._own_services(),
            self._log.services(),
            self._people.services(),
            self._segments.services(),
            ForecastServices(
                predictions=self._predicting.predictions,
                life_stages=self._predicting.life_stages,
                stage_people=self._predicting.stage_people,
                recommending=self._recommending.recommending,
                product_audiences=self._recommending.audiences,
                suggesting=self._recommending.suggesting,
            ),
            self._wishes.services(),
            self._letters.services(),
            self._delivery.services(),
            JourneyServices(
                journeys=self._journeys.journeys,
                experiments=self._journeys.experiments,
                explaining=self._journeys.explaining,
                readiness=self._trying.readiness,
                recipes=self._trying.recipes,
                simulations=self._trying.simulations,
            ),
        )

    def _own_services(self) -> HouseServices:
        ground, settings = self._ground, self._ground.settings
        return HouseServices(
            clock=ground.clock,
            store=ground.state,
            columnar=ground.columnar,
            settings=ShopSettings(
                name=settings.shop_name,
                currency=settings.currency,
                timezone=settings.timezone,
                base_url=settings.base_url,
                address=settings.shop_address,
                contact=settings.shop_contact,
            ),
            access=self._access,
            rights=self._build_rights(),
            endpoints=self._calling.endpoints,
            health=self.health,
            find_principal=self._find_principal,
            product_image=self._product_image,
        )

    def _build_rights(self) -> PeopleRights:
        ground, people = self._ground, self._people
        return PeopleRights(
            ground.state,
            ground.columnar,
            clock=ground.clock,
            ids=ground.ids,
            log=self._log.log,
            profiles=people.profiles,
            consents=people.consents,
            statements=people.statements,
            saved=people.saved,
            companies=people.companies,
            households=people.households,
            offers=self._letters.offers,
            announcing=self._letters.announcing,
            outbox=self._delivery.outbox,
            open_days=self._wishes.open_days,
            inbox=self._delivery.inbox,
            rights=people.rights,
            restrictions=people.restrictions,
            forgetting=self._log.forgetting,
            notices=RightsNotices(self._calling.queue),
        )

    def _find_principal(self, secret: str) -> Principal | None:
        if hmac.compare_digest(secret.encode(), self._local_token.encode()):
            return _LOCAL_PRINCIPAL
        return self.services.access.keys.find_principal(secret)

    def _product_image(self, product_id: str) -> str | None:
        product = self.services.catalog.find_product(product_id)
        if product is None or self._draw_product is None:
            return None
        return self._draw_product(product.product_id, product.category or "", product.title or "")
