"""The demo shop's people and goods: plausible, and what is invented says so."""

from collections import Counter
from datetime import date, timedelta
from importlib.resources import files

import msgspec
from demo_shop import NEWEST_ON, read

from kikubari.decide.stages import Did, LifeStages, check_limits
from kikubari.spec.conditions import convert_condition


def test_everything_simulated_says_so(customers, consents, events, products):
    for row in products.values():
        assert {"cost", "stock", "is_consumable"} <= set(row["simulated_fields"].split(";"))
    for row in customers.values():
        is_prospect = row["customer_id"].startswith("P")
        is_resident_of_source = row["language"] == "en" and not is_prospect
        real = {"simulated_fields"} | (set() if is_prospect else {"customer_id"})
        filled = {name for name, value in row.items() if value} - real
        if is_resident_of_source:
            filled.discard("country")
        marked = set(row["simulated_fields"].split(";"))
        assert filled - {"country"} <= marked
        assert marked <= {name for name, value in row.items() if value}
    assert {row["source"] for row in consents} == {"simulated"}
    assert all(event["context"]["kikubari"] == {"simulated": True} for event in events)


def test_shares_are_those_of_a_shop(customers, consents, products, shop):
    people = len(customers)

    def share(predicate):
        return sum(bool(predicate(row)) for row in customers.values()) / people

    assert 0.33 < share(lambda row: row["language"] == "ja") < 0.37
    assert 0.3 < share(lambda row: not row["gender"]) < 0.55
    assert 0.3 < share(lambda row: not row["birthday"]) < 0.5
    assert sum(row["birthday"].endswith("-02-29") for row in customers.values()) >= 3
    assert 0.1 < share(lambda row: row["income_band"]) < 0.3
    assert 0.2 < share(lambda row: row["interests"]) < 0.4
    assert 0.05 < share(lambda row: row["last_staff"]) < 0.25
    last_word = {
        row["customer_id"]: row["status"]
        for row in sorted(consents, key=lambda row: row["at"])
        if row["purpose"] == "marketing"
    }
    words = Counter(last_word.values())
    assert 0.59 < words["granted"] / people < 0.65
    assert words["denied"] > words["withdrawn"] > 100
    assert people - len(last_word) > 300
    tracked = sum(row["purpose"] == "tracking" and row["status"] == "granted" for row in consents)
    assert 0.4 < tracked / (words["granted"] + words["withdrawn"]) < 0.5
    assert len(read(shop, "suppressions.csv")) == round(0.005 * people)
    categories = Counter(row["category"] for row in products.values())
    assert len(categories) == 16
    assert max(categories.values()) < 0.15 * len(products)
    assert sum(row["stock"] == "0" for row in products.values()) > 100


def test_gardeners_were_asked_since_when(customers):
    asked = [row for row in customers.values() if "gardening" in row["interests"].split(";")]
    answered = [row for row in customers.values() if row["gardening_since"]]
    assert all(row in asked for row in answered)
    assert 0.7 < len(answered) / len(asked) < 0.9
    assert all("gardening_since" in row["simulated_fields"] for row in answered)
    since = [date.fromisoformat(row["gardening_since"]) for row in answered]
    assert max(since) <= NEWEST_ON
    assert min(sum(day > NEWEST_ON - timedelta(days=365) for day in since), len(since) // 4) >= 20


def test_the_life_stages_read_what_the_shop_has(customers, products):
    body = files("kikubari.demo").joinpath("life_stages.json").read_bytes()
    definition = msgspec.json.decode(body, type=LifeStages)
    check_limits(definition)
    evidence = [one for stage in definition.stages for one in stage.evidence]
    categories = {name for one in evidence if isinstance(one, Did) for name in one.categories}
    traits = {one.trait for one in evidence if not isinstance(one, Did)}
    assert categories <= {row["category"] for row in products.values()}
    assert traits <= next(iter(customers.values())).keys()
    segment = files("kikubari.demo").joinpath("new_gardeners.json").read_bytes()
    of_stage, _ = convert_condition(msgspec.json.decode(segment)).of
    assert of_stage.trait == definition.trait
    assert of_stage.test.value in {stage.id for stage in definition.stages}
