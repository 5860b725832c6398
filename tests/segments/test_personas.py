"""Kinds of customers that were planted are found again; where there are none, none are claimed."""

import uuid
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planted_shop import ANYBODY, BIG_SPENDERS, KINDS, NOW, PlantedShop
from pyroaring import BitMap

from empty_stores import open_empty_sqlite
from kikubari.kit.ids import TimeOrderedIds
from kikubari.segments import (
    PersonaRule,
    PersonaRules,
    Personas,
    PersonaSet,
    Segments,
    read_behaviour,
)
from kikubari.segments.personas.clustering import cluster, even, plausible_numbers, round_
from kikubari.segments.personas.stability import adjusted_rand, measure_stability
from kikubari.spec.conditions import InList, convert_condition
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import ColumnarStore

N_EACH = 150


@pytest.fixture(scope="module")
def store(columnar_dsn: str) -> Iterator[ColumnarStore]:
    """A database that the shops of this file share, one after the other."""
    store = ColumnarStore(columnar_dsn, database=f"test_{uuid.uuid4().hex}")
    yield store
    store.command(f"DROP DATABASE IF EXISTS {store.database} SYNC")
    store.close()


@pytest.fixture(scope="module")
def planted(store, tmp_path_factory) -> Iterator[tuple[PlantedShop, list[BitMap]]]:
    """A shop with four kinds of customers."""
    state = open_empty_sqlite(tmp_path_factory.mktemp("planted") / "state.db")
    shop = PlantedShop(store, state)
    groups = [shop.add(kind, N_EACH) for kind in KINDS]
    shop.load()
    yield shop, groups
    state.close()


@pytest.fixture(scope="module")
def found(planted) -> PersonaSet:
    """What is found in that shop."""
    return personas_of(planted[0]).find()


def personas_of(shop: PlantedShop) -> Personas:
    return Personas(shop.state, shop.columnar, shop.engine, shop.lists, shop.clock)


def test_planted_kinds_are_found_named_and_usable_as_conditions(planted, found) -> None:
    shop, groups = planted
    assert (found.n_people, found.n_hidden, found.nothing) == (4 * N_EACH, 0, None)
    assert len(found.personas) == len(groups)
    assert found.rand > 0.95
    for mine in groups:
        members = [shop.engine.evaluate(InList(one.list_id)).members for one in found.personas]
        assert max(mine.jaccard_index(theirs) for theirs in members) > 0.97
    spenders = next(
        one
        for one in found.personas
        if shop.lists.members(one.list_id).jaccard_index(groups[KINDS.index(BIG_SPENDERS)]) > 0.9
    )
    assert spenders.jaccard > 0.9
    told = {(one.feature.key, one.feature.value): one for one in spenders.distinctions}
    lamps = told["category", "lamp"]
    assert (lamps.here > 0.6, lamps.elsewhere < 0.3) == (True, True)
    assert told["device", "desktop"].ja == "パソコンで見る"
    assert spenders.name_ja
    assert "lamp" in spenders.name_en.lower() or "computer" in spenders.name_en
    assert len({one.name_en for one in found.personas}) == len(groups)


def test_the_same_customers_keep_their_persona(planted, found) -> None:
    shop, _ = planted
    personas = personas_of(shop)
    again = personas.find()
    assert again.version == found.version + 1
    assert [one.id for one in again.personas] == [one.id for one in found.personas]
    assert personas.latest("found") == again
    assert shop.lists.get(again.personas[0].list_id).version == again.version


def test_no_kinds_are_claimed_where_there_are_none(columnar, state) -> None:
    shop = PlantedShop(columnar, state)
    shop.add(ANYBODY, 500)
    shop.load()
    found = personas_of(shop).find()
    assert (found.personas, found.nothing, found.rand) == ((), "no_structure", None)
    assert shop.lists.list_all() == []


def test_too_few_people_are_no_ground_for_kinds(columnar, state) -> None:
    shop = PlantedShop(columnar, state)
    shop.add(KINDS[0], 50)
    shop.load()
    assert personas_of(shop).find().nothing == "too_few_people"


def test_defined_personas_take_everybody_once_by_priority(planted) -> None:
    shop, groups = planted
    segments = Segments(shop.state, shop.engine, TimeOrderedIds(), shop.clock)
    for id_, least in (("often", 10), ("buyers", 1)):
        tree = {"type": "event_count", "event": "Order Completed", "count": {"at_least": least}}
        segments.create(id_, convert_condition(tree), id_=id_)
    personas = personas_of(shop)
    rules = PersonaRules(
        (PersonaRule("Regulars", "often"), PersonaRule("Buyers", "buyers")), "Lookers"
    )
    made = personas.define(rules)
    assert [one.name_en for one in made.personas] == ["Regulars", "Buyers", "Lookers"]
    members = [shop.lists.members(one.list_id) for one in made.personas]
    assert BitMap.union(*members) == BitMap.union(*groups)
    assert sum(len(one) for one in members) == made.n_people
    assert members[0] <= groups[3] | groups[1]
    assert members[2] == groups[2]
    again = personas.renew()
    assert (again.version, again.personas) == (2, made.personas)


def test_rules_that_cannot_be_used_are_refused(planted) -> None:
    personas = personas_of(planted[0])
    rule = PersonaRule("A", "vip")
    for rules in (
        PersonaRules((), "Others"),
        PersonaRules((rule, rule), "Others"),
        PersonaRules((rule,), "A"),
        PersonaRules((rule,), " "),
    ):
        with pytest.raises(InvalidInputError):
            personas.define(rules)
    with pytest.raises(NotFoundError):
        personas.define(PersonaRules((PersonaRule("A", "none"),), "Others"))


def test_people_stay_on_a_list_when_they_merge(columnar, state) -> None:
    shop = PlantedShop(columnar, state)
    put_on = BitMap([1, 2, 5])
    state.write(
        lambda c: shop.lists.save_in(c, "few", put_on, name_ja="少し", name_en="Few", at=NOW)
    )
    assert shop.lists.members("few") == put_on
    shop.merge(2, into=9)
    assert shop.lists.members("few") == BitMap([1, 5, 9])
    assert shop.lists.members_as_listed("few", 1) == put_on
    with pytest.raises(NotFoundError):
        shop.lists.members("none")


def test_sensitive_categories_are_not_looked_at(columnar, state) -> None:
    shop = PlantedShop(columnar, state)
    shop.add(ANYBODY._replace(category="maternity"), 30)
    shop.load()
    features = read_behaviour(columnar, shop.engine.moment()).features()
    values = {one.value for one in features}
    assert "lamp" in values
    assert "maternity" not in values


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("kind", ["round", "oblong", "even"])
def test_clouds_without_clusters_are_left_whole(seed, kind) -> None:
    rng = np.random.default_rng(seed)
    values = rng.uniform(size=(600, 6)) if kind == "even" else rng.normal(size=(600, 6))
    if kind == "oblong":
        values = values @ rng.normal(size=(6, 6))
    assert plausible_numbers(values, (even(values), round_(values)), 5, rng) == []


@pytest.mark.parametrize("k", [2, 3, 5])
def test_as_many_clusters_are_plausible_as_were_planted(k) -> None:
    rng = np.random.default_rng(k)
    planted = rng.integers(k, size=900)
    values = 3 * np.eye(6)[:k][planted] + rng.normal(scale=0.5, size=(900, 6))
    assert plausible_numbers(values, (even(values), round_(values)), 7, rng)[-1] == k
    found = cluster(values, k, rng)
    assert adjusted_rand(found.labels, planted) > 0.98
    stability = measure_stability(values, found, rng, rounds=5)
    assert min(stability.jaccard) > 0.95
    assert stability.rand > 0.95


def test_a_split_of_nothing_is_unstable() -> None:
    rng = np.random.default_rng(3)
    values = rng.normal(size=(400, 8))
    stability = measure_stability(values, cluster(values, 4, rng), rng, rounds=8)
    assert max(stability.jaccard) < 0.75
    assert stability.rand < 0.6


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(0, 4)), min_size=2, max_size=60))
def test_the_rand_index_ignores_names_and_order(pairs) -> None:
    left, right = np.array(pairs).T
    index = adjusted_rand(left, right)
    assert adjusted_rand(right, left) == pytest.approx(index)
    assert adjusted_rand(4 - left, right) == pytest.approx(index)
    assert adjusted_rand(left, left) == 1.0
    assert index <= 1.0 + 1e-12
