"""What letters are made of: goods, offers, saved blocks, words about the reader."""

from datetime import timedelta
from zoneinfo import ZoneInfo

from kikubari.api import LetterServices
from kikubari.app.adapters import SegmentAudience
from kikubari.app.contact import ProfilePeople
from kikubari.app.journeying import CopiedLog
from kikubari.app.recipients import ProfileRecipients
from kikubari.app.recommended import LetterRecommendations
from kikubari.app.showcase import Showcase
from kikubari.app.wings.calling import CallingWing
from kikubari.app.wings.ground import Ground
from kikubari.app.wings.log import LogWing
from kikubari.app.wings.people import PeopleWing
from kikubari.app.wings.segments import SegmentsWing
from kikubari.catalog import Catalog
from kikubari.decide.guard import GuardPolicies
from kikubari.decide.images import ImageLibrary
from kikubari.decide.offers import CODE_CALLS, Announcing, Issuing, Offers
from kikubari.decide.recommend import PopularProducts, Recommender, Suggests
from kikubari.deliver import DefaultsOfBroadcasts, MailSettings, SandboxComposer, Topics
from kikubari.journeys import (
    BroadcastVersions,
    CouponDesk,
    Freshness,
    Occasions,
    Previews,
    SavedBlocks,
    StoredImageUses,
)
from kikubari.spec.errors import NotFoundError

# Codes that are handed out within it are told in one call.
_TOGETHER = timedelta(seconds=1)


class LettersWing:
    """Makes the letter that one person gets, and what goes into it."""

    def __init__(
        self,
        ground: Ground,
        log: LogWing,
        people: PeopleWing,
        segments: SegmentsWing,
        *,
        topics: Topics,
        recommender: Recommender,
        suggests: Suggests,
        calling: CallingWing,
    ) -> None:
        state, clock = ground.state, ground.clock
        self._topics = topics
        self.catalog = Catalog(state)
        self.offers = Offers(state, clock, ground.ids, currency=ground.settings.currency)
        self.issuing = Issuing(
            ProfilePeople(people.profiles),
            ZoneInfo(ground.settings.timezone),
            is_heard=lambda connection: calling.shared.are_there(connection, CODE_CALLS),
        )
        self.announcing = self._make_announcing(ground, people, calling)
        announce = self.announcing.announce_some
        self.loops = (ground.lone_loop("told codes", announce, idle=_TOGETHER),)
        self.coupons = self._make_coupon_desk(ground, people, segments)
        self._defaults = DefaultsOfBroadcasts(state)
        self._guard_policies = GuardPolicies(state)
        self.recipients = self._find_recipients(ground, people)
        self.composer = self._make_composer(ground, recommender, suggests)
        self.saved_blocks = SavedBlocks(state, clock, ground.ids)
        self._versions = BroadcastVersions(state)
        self._images = ImageLibrary(
            state,
            clock,
            base_url=ground.settings.base_url,
            uses=StoredImageUses(),
            most_each=ground.settings.images_each,
        )
        self.previews = Previews(
            self.recipients,
            self.composer,
            clock,
            fill=self.saved_blocks.fill,
            coupons=self.coupons,
            freshness=Freshness(
                self.offers.find,
                self.catalog.load_products,
                clock,
                ZoneInfo(ground.settings.timezone),
            ),
        )
        self.occasions = self._make_showcase(ground, log, people)

    def services(self) -> LetterServices:
        """Return what handlers are given."""
        return LetterServices(
            catalog=self.catalog,
            offers=self.offers,
            guard_policies=self._guard_policies,
            broadcast_defaults=self._defaults,
            previews=self.previews,
            versions=self._versions,
            saved_blocks=self.saved_blocks,
            images=self._images,
        )

    def close(self) -> None:
        """End the processes that fill in letters."""
        self.composer.close()

    def _make_announcing(
        self, ground: Ground, people: PeopleWing, calling: CallingWing
    ) -> Announcing:
        return Announcing(
            ground.state,
            calling.shared,
            people.restrictions,
            ground.clock,
            ground.ids,
            currency=ground.settings.currency,
        )

    def _make_coupon_desk(
        self, ground: Ground, people: PeopleWing, segments: SegmentsWing
    ) -> CouponDesk:
        return CouponDesk(
            ground.state,
            self.offers,
            self.issuing,
            audience=SegmentAudience(segments.engine),
            people=ProfilePeople(people.profiles),
            clock=ground.clock,
            selecting=segments.facts.list,
        )

    def _make_composer(
        self, ground: Ground, recommender: Recommender, suggests: Suggests
    ) -> SandboxComposer:
        return SandboxComposer(
            _mail_settings(ground),
            ground.clock,
            workers=ground.settings.render_workers,
            policy=lambda: self._guard_policies.get().policy,
            topic_names=self._name_topic,
            recommends=LetterRecommendations(
                recommender,
                ground.clock,
                suggests=suggests,
                base_url=ground.settings.shop_base_url,
            ),
        )

    def _name_topic(self, topic_id: str) -> tuple[str, str]:
        try:
            topic = self._topics.get(topic_id).definition
        except NotFoundError:
            return "", ""  # gone since
        return topic.name_ja, topic.name_en

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
            base_url=settings.shop_base_url,
            limits=people.limits,
            households=people.households,
            countable=people.countable,
        )

    def _make_showcase(self, ground: Ground, log: LogWing, people: PeopleWing) -> Showcase:
        return Showcase(
            Occasions(ground.state, CopiedLog(log.log, log.copier)),
            ground.state,
            catalog=self.catalog,
            columnar=ground.columnar,
            people=people.profiles,
            saved=people.saved,
            clock=ground.clock,
            base_url=ground.settings.shop_base_url,
        )


def _mail_settings(ground: Ground) -> MailSettings:
    settings, secrets = ground.settings, ground.secrets
    return MailSettings(
        base_url=settings.base_url,
        tracking_key=secrets.tracking_key,
        dkim_keys={settings.mail_domain: (secrets.dkim,)},
        content={
            "shop": {
                "name": settings.shop_name,
                "url": settings.shop_base_url,
                "address": settings.shop_address,
                "contact": settings.shop_contact,
            }
        },
        currency=settings.currency,
    )
