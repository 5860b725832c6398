"""Who says what about a person, what it is still worth, and where they work."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from kikubari.profiles import (
    explain_traits,
    judge_freshness,
    query_best_hours,
    query_habits,
)
from kikubari.profiles.contracts import TraitFact
from kikubari.profiles.freshness import FactKind, kind_of
from kikubari.spec.envelope import GROUPED, EventKind, Trust

NOW = datetime(2026, 6, 1, tzinfo=UTC)


def explained(shop, reference):
    profile = shop.profile(reference)
    said = shop.ask(shop.statements.list_all, profile.number)
    return {one.name: one for one in explain_traits(profile.traits, said, now=NOW)}


def test_who_says_what_since_when(shop, make):
    shop.take_in(
        make.identify("u1", traits={"city": "Kyoto"}, source_id=1),
        make.identify("u1", traits={"city": "Kyoto"}, source_id=1, day=4),
        make.identify("u1", traits={"city": "Osaka"}, source_id=2, day=2),
        make.identify("u1", traits={"city": "Nara"}, source_id=2, day=1),
    )
    city = explained(shop, "u1")["city"]
    assert (city.standing.fact.value, city.reason) == ("Kyoto", "latest")
    assert city.standing.since == make.start
    assert city.standing.n_statements == 2
    (other,) = city.others
    assert (other.fact.value, other.fact.source_id) == ("Osaka", 2)
    assert other.since == make.start + timedelta(days=2)


def test_why_a_value_stands(shop, make):
    shop.take_in(
        make.identify("u1", traits={"email": "real@x.jp", "a": 1, "b": 1, "c": 1}, source_id=1),
        make.identify("u1", traits={"email": "typo@x.jp"}, source_id=2, day=5, trust=Trust.PUBLIC),
        make.identify("u1", traits={"b": 1, "c": 2}, source_id=2),
    )
    reasons = {name: one.reason for name, one in explained(shop, "u1").items()}
    assert reasons == {"email": "verified", "a": "only", "b": "agreed", "c": "source_order"}


def fact(name, *, days=0, provenance="declared", confidence=1.0):
    at = NOW - timedelta(days=days)
    return TraitFact(name, "x", at, 1, provenance, confidence, is_verified=True, is_simulated=False)


def test_facts_age_by_their_kind():
    assert judge_freshness(fact("birthday", days=9000), now=NOW).state == "fresh"
    taste = judge_freshness(fact("interests", days=365, confidence=0.8), now=NOW)
    assert (taste.kind, taste.freshness, taste.confidence) == (FactKind.TASTE, 0.5, 0.4)
    assert (taste.state, taste.age_days) == ("fresh", 365)
    inferred = judge_freshness(fact("interests", days=365, provenance="inferred_self"), now=NOW)
    assert (inferred.freshness, inferred.state) == (0.25, "ageing")
    assert judge_freshness(fact("life_stage", days=400), now=NOW).state == "stale"
    assert judge_freshness(fact("interests", days=-3), now=NOW).freshness == 1


@pytest.mark.parametrize(
    ("trait", "kind"),
    [
        ("first_name", "lasting"), ("home_address", "contact"), ("loyalty_tier", "standing"),
        ("favourite_category", "taste"), ("language", "setting"), ("life_stage", "situation"),
        ("xyz", "other"),
    ],
)  # fmt: skip
def test_kinds_of_facts(trait, kind):
    assert kind_of(trait) == kind


def group(make, user, group_id, traits, **fields):
    return make.event(
        EventKind.GROUP, GROUPED, user_id=user, group_id=group_id, traits=traits, **fields
    )


def test_companies_and_roles(shop, make):
    shop.take_in(
        group(make, "u1", "g1", {"role": "buyer"}, day=3),
        group(make, "u1", "g1", {"name": "Mori Tea", "role": "clerk", "floor": 3}),
        group(make, "u1", "g1", {"floor": None}, day=1),
        group(make, "u1", "g2", {"name": "Guild"}, day=1),
        group(make, "u1", None, {"name": "nothing"}, day=1),
    )
    number = shop.find("u1")
    mori, guild = shop.ask(shop.companies.load, [number])[number]
    assert (mori.id, mori.name, mori.role) == ("g1", "Mori Tea", "buyer")
    assert mori.traits == {"name": "Mori Tea", "role": "buyer"}
    assert (mori.since, mori.at) == (make.start, make.start + timedelta(days=3))
    assert guild.name == "Guild"


def test_names_are_found_by_the_start_of_each_word(shop, make):
    shop.take_in(
        make.identify("u1", traits={"first_name": "Hana", "last_name": "Suzuki"}),
        make.identify("u2", traits={"first_name": "Hana", "last_name": "Sato"}),
        make.identify("u3", traits={"name": "鈴木 花"}),
    )

    def found(text):
        return {shop.profile(n).identifiers[0].identifier.value
                for n in shop.ask(shop.profiles.search, text)}  # fmt: skip

    assert found("hana suz") == {"u1"}
    assert found("ＳＵＺＵＫＩ hana") == {"u1"}
    assert found("hana") == {"u1", "u2"}
    assert found("鈴木花") == found("鈴木　花") == {"u3"}
    assert found("hana nobody") == set()


def test_habits(shop, make, columnar):
    shop.take_in(
        make.track(user_id="u1"),  # 18:00 in Tokyo, a Friday
        make.track(user_id="u1", day=1),
        make.track("Store Visited", user_id="u1", day=2, minute=60,
                   properties={"store": "Kyoto", "staff": "Aoi"}),
        make.track("Order Completed", user_id="u1", day=3, minute=60,
                   properties={"order_id": "1", "store": "Nara"}),
        make.track("Email Opened", user_id="u1", day=9, minute=300),
        make.track("Email Link Clicked", user_id="u1", day=9, minute=300,
                   properties={"is_machine": True}),
        make.track("Store Visited", user_id="u2", day=9, properties={"store": "Kobe"}),
    )  # fmt: skip
    copier = shop.copier(columnar)
    while copier.run_once():
        pass
    habits = query_habits(columnar, shop.profile("u1").numbers, zone="Asia/Tokyo", as_of=NOW)
    assert habits.n_events == 4
    assert (habits.favourite_hour, habits.hours[18], habits.hours[19]) == (18, 2, 2)
    assert habits.weekdays == (1, 0, 0, 0, 1, 1, 1)
    assert (habits.last_store, habits.last_staff) == ("Nara", "Aoi")
    assert habits.last_store_at == make.start + timedelta(days=3, minutes=60)
    assert habits.last_staff_at == make.start + timedelta(days=2, minutes=60)
    nobody = query_habits(columnar, [999], zone="Asia/Tokyo", as_of=NOW)
    assert nobody.favourite_hour is None


def test_the_best_hour_needs_enough_own_events_and_is_one_of_the_persons_day(shop, make, columnar):
    for user_id, n in (("u1", 4), ("u2", 5)):
        shop.take_in(
            *(
                make.track("Product Viewed", user_id=user_id, day=day, minute=60 + day)
                for day in range(n)
            )
        )
    copier = shop.copier(columnar)
    while copier.run_once():
        pass
    people = {
        key: (zone, shop.profile(user_id).numbers)
        for key, user_id, zone in (
            (1, "u1", "Asia/Tokyo"), (2, "u2", "Asia/Tokyo"), (3, "u2", "America/New_York"),
        )
    }  # fmt: skip
    local = (make.start + timedelta(minutes=60)).astimezone
    assert query_best_hours(columnar, people, since=make.start, as_of=NOW) == {
        2: local(ZoneInfo("Asia/Tokyo")).hour,
        3: local(ZoneInfo("America/New_York")).hour,
    }
    late = make.start + timedelta(days=2)
    assert query_best_hours(columnar, people, since=late, as_of=NOW) == {}
