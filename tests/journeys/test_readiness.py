"""Whether a shop sends what a journey looks at, and how it sends what is missing."""

from datetime import UTC, datetime

import msgspec
import pytest

from kikubari.journeys.definition import JourneyDefinition
from kikubari.journeys.readiness import EventSeen, Filled, ReadinessCheck
from kikubari.spec.conditions import convert_condition
from kikubari.spec.errors import NotFoundError

SEEN_AT = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)
EVERYONE = {"type": "everyone"}
LETTER = {
    "default_language": "en",
    "variants": {
        "en": {
            "subject": "Hello",
            "blocks": {
                "blocks": [
                    {"kind": "coupon", "id": "c", "code": "", "title": "Yours"},
                    {"kind": "products", "id": "p", "source": "cart.products"},
                ]
            },
        }
    },
}


class Shop:
    """Has what it is told to have."""

    def __init__(self, *, products=0, people=0, **events) -> None:
        self.events = events
        self.products, self.people = products, people
        self.properties, self.traits, self.segments = {}, {}, {}
        self.asked = []

    def counted_at(self):
        return SEEN_AT

    def find_event(self, name, *, days):
        n = self.events.get(name.replace(" ", "_"))
        return EventSeen() if n is None else EventSeen(n=n, last_at=SEEN_AT)

    def find_property(self, event, name):
        return Filled(n=self.properties.get((event, name), 0), fill_rate=0.5)

    def find_trait(self, name):
        return Filled(n=self.traits.get(name, 0))

    def count_products(self):
        return self.products

    def count_people(self, who):
        self.asked.append(who)
        return self.people

    def tree_of(self, who):
        if isinstance(who, str):
            if who not in self.segments:
                raise NotFoundError(f"no segment {who}")
            return convert_condition(self.segments[who])
        return convert_condition(who)


def journey(*steps: dict, trigger=None, **more):
    plain = {
        "name": "Any",
        "trigger": trigger or {"type": "api"},
        "start": steps[0]["id"] if steps else None,
        "steps": steps,
        **more,
    }
    return msgspec.convert(plain, JourneyDefinition)


def found(shop, definition):
    return {
        (one.kind, one.event, one.name): one
        for one in ReadinessCheck(shop).list_findings(definition)
    }


def event(name, **where):
    filters = [
        {"on": "property", "path": [key], "test": {"type": "is", "value": value}}
        for key, value in where.items()
    ]
    return {"event": name, "where": filters}


def test_an_event_is_never_seen_or_not_lately_or_seen():
    definition = journey(trigger={"type": "event", "events": event("Signed Up")})
    for shop, code, is_warning in (
        (Shop(), "event_never_seen", True),
        (Shop(Signed_Up=0), "event_not_lately", True),
        (Shop(Signed_Up=12), "event_seen", False),
    ):
        one = found(shop, definition)["event", "", "Signed Up"]
        assert (one.code, one.is_warning, one.paths) == (code, is_warning, ["trigger"])
    assert (one.n, one.last_seen_at) == (12, SEEN_AT)


def test_what_is_missing_is_shown_with_all_that_the_journey_looks_at():
    definition = journey(
        {"type": "wait_for", "id": "w", "timeout": {"days": 1},
         "events": event("Signed Up", plan="gold")},
        trigger={"type": "event", "events": event("Signed Up", newsletter=True)},
    )  # fmt: skip
    one = found(Shop(), definition)["event", "", "Signed Up"]
    assert one.paths == ["trigger", "steps.w"]
    assert one.example == 'analytics.track("Signed Up", {"newsletter": true, "plan": "gold"})'
    assert one.how == "docs/collecting.md"
    # Of an event that never came nothing is said about its properties.
    assert {kind for kind, _, _ in found(Shop(), definition)} == {"event"}


def test_a_property_that_no_event_has_is_told_once_the_event_comes():
    definition = journey(trigger={"type": "event", "events": event("Signed Up", newsletter=True)})
    shop = Shop(Signed_Up=3)
    one = found(shop, definition)["property", "Signed Up", "newsletter"]
    assert (one.code, one.is_warning) == ("property_never_filled", True)
    shop.properties["Signed Up", "newsletter"] = 2
    one = found(shop, definition)["property", "Signed Up", "newsletter"]
    assert (one.code, one.n, one.fill_rate) == ("property_filled", 2, 0.5)


@pytest.mark.parametrize(
    ("condition", "reading"),
    [
        ({"type": "trait", "trait": "tier", "test": {"type": "is_set"}}, ("trait", "", "tier")),
        ({"type": "anniversary", "trait": "birthday"}, ("trait", "", "birthday")),
        ({"type": "age", "trait": "born", "age": {"at_least": 20}}, ("trait", "", "born")),
        ({"type": "consent", "purpose": "tracking"}, ("consent", "", "tracking")),
        ({"type": "reachable", "channel": "email"}, ("consent", "", "marketing")),
        ({"type": "cart"}, ("event", "", "Product Added")),
        ({"type": "runs_low", "within_days": 3}, ("event", "", "Order Completed")),
        (
            {"type": "event_count", "event": "Visited", "count": {"at_least": 1}},
            ("event", "", "Visited"),
        ),
        (
            {"type": "not_followed", "first": event("A"), "by": event("B"), "within": {"days": 1}},
            ("event", "", "B"),
        ),
        (
            {"type": "sequence", "steps": [event("A"), event("B")], "within": {"days": 1}},
            ("event", "", "A"),
        ),
    ],
    ids=lambda one: one["type"] if isinstance(one, dict) else "",
)
def test_conditions_are_read_wherever_they_stand(condition, reading):
    way = {"id": "yes", "when": {"type": "not", "of": condition}}
    branch = {"type": "branch", "id": "b", "ways": [way]}
    exits = [{"id": "out", "when": condition}]
    definition = journey(branch, segment="s", rules={"exits": exits})
    shop = Shop()
    shop.segments["s"] = {"type": "all", "of": [EVERYONE, condition]}
    one = found(shop, definition)[reading]
    assert one.is_warning
    assert one.paths == ["segment", "rules.exits.out", "steps.b.ways.yes"]


def test_a_message_wants_people_who_agreed_goods_an_offer_and_a_channel_there_is():
    letter = {"type": "message", "id": "m", "template": LETTER, "channel": "sms",
              "fallback": ["email", "line"]}  # fmt: skip
    codes = {one.code for one in found(Shop(), journey(letter)).values()}
    assert codes == {"nobody_consented", "catalogue_empty", "no_offer", "sent_by_email"}
    rich = Shop(products=3, people=7)
    assert {one.code: one.n for one in found(rich, journey(letter)).values()} == {
        "consents": 7,
        "catalogue_filled": 3,
        "no_offer": None,
        "sent_by_email": None,
    }
    coupon = {"rules": [{"offer": "off_1"}]}
    plain = {**letter, "channel": "email", "fallback": [], "coupon": coupon}
    assert not any(one.is_warning for one in found(rich, journey(plain)).values())
    served = {**plain, "purpose": "transactional"}
    assert ("consent", "", "marketing") not in found(Shop(), journey(served))


def test_news_of_products_need_only_one_of_the_ties():
    trigger = {"type": "product", "change": "low_stock", "via": ["favourite", "cart"]}
    definition = journey(trigger=trigger)
    assert {one.code for one in found(Shop(), definition).values()} == {
        "catalogue_empty",
        "event_never_seen",
    }
    with_carts = found(Shop(Product_Added=4, products=1), definition)
    assert not any(one.is_warning for one in with_carts.values())


def test_an_empty_segment_is_told_and_one_that_is_not_there_is_a_fault_instead():
    shop = Shop()
    shop.segments["s"] = EVERYONE
    assert found(shop, journey(segment="s"))["segment", "", "s"].code == "segment_empty"
    shop.people = 3
    assert found(shop, journey(segment="s"))["segment", "", "s"].n == 3
    trigger = {"type": "segment", "segment": "s"}
    assert found(shop, journey(trigger=trigger))["segment", "", "s"].paths == ["trigger"]
    shop.count_people = shop.tree_of
    assert found(shop, journey(segment="gone")) == {}


def test_what_the_product_itself_tells_is_not_asked_for():
    trigger = {"type": "event", "events": event("Kikubari Price Dropped")}
    assert found(Shop(), journey(trigger=trigger)) == {}
    low = {"type": "event", "events": event("Kikubari Runs Low")}
    assert [*found(Shop(), journey(trigger=low))] == [("event", "", "Order Completed")]
    clicks = found(Shop(), journey(trigger={"type": "message", "act": "clicked"}))
    one = clicks["event", "", "Email Link Clicked"]
    assert (one.example, one.how) == ("", "docs/delivery.md")


def test_warnings_come_first():
    rules = {"goal": {"events": event("Order Completed")}, "exits": [
        {"id": "back", "events": event("Order Refunded")}]}  # fmt: skip
    definition = journey(trigger={"type": "event", "events": event("Signed Up")}, rules=rules)
    check = ReadinessCheck(Shop(Signed_Up=1, Order_Refunded=2))
    codes = [one.code for one in check.list_findings(definition)]
    assert codes == ["event_never_seen", "event_seen", "event_seen"]
