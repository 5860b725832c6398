"""Planted likenesses are found, and measured on people who were held back; chance is called so."""

import uuid
from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from planted_shop import ANYBODY, BIG_SPENDERS, LOOKERS, NOW, PlantedShop
from pyroaring import BitMap

from empty_stores import open_empty_sqlite
from kikubari.kit.ids import TimeOrderedIds
from kikubari.segments import Lookalikes, Segments
from kikubari.segments.lookalikes import _auc, _fit, wilson
from kikubari.spec.conditions import InList, convert_condition
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import ColumnarStore

N_ALIKE, N_OTHERS, N_SEEDS = 500, 1_200, 250


@pytest.fixture(scope="module")
def likenesses(columnar_dsn, tmp_path_factory) -> Iterator[tuple[PlantedShop, BitMap]]:
    """Big spenders, half of whom are on a list, among others; and the other half of them."""
    columnar = ColumnarStore(columnar_dsn, database=f"test_{uuid.uuid4().hex}")
    state = open_empty_sqlite(tmp_path_factory.mktemp("lookalikes") / "state.db")
    shop = PlantedShop(columnar, state)
    spenders = list(shop.add(BIG_SPENDERS, N_ALIKE))
    others = list(shop.add(ANYBODY, N_OTHERS // 2) | shop.add(LOOKERS, N_OTHERS // 2))
    shop.load()
    rng = np.random.default_rng(1)
    rng.shuffle(spenders)
    seeds = BitMap(spenders[:N_SEEDS])
    anybody = BitMap(int(one) for one in rng.choice(spenders + others, 400, replace=False))
    segments = Segments(state, shop.engine, TimeOrderedIds(), shop.clock)
    for name, members in (("seeds", seeds), ("anybody", anybody), ("few", BitMap([1, 2]))):
        state.write(
            lambda c, n=name, m=members: shop.lists.save_in(c, n, m, name_ja=n, name_en=n, at=NOW)
        )
        segments.create(name, convert_condition({"type": "list", "list": name}), id_=name)
    trait = {"type": "trait", "trait": "religion", "test": {"type": "is", "value": "x"}}
    hidden = {"type": "any", "of": [{"type": "list", "list": "seeds"}, trait]}
    segments.create("hidden", convert_condition(hidden), id_="hidden")
    nested = convert_condition({"type": "segment", "segment": "hidden"})
    segments.create("nested", nested, id_="nested")
    yield shop, BitMap(spenders[N_SEEDS:])
    columnar.command(f"DROP DATABASE IF EXISTS {columnar.database} SYNC")
    columnar.close()
    state.close()


def lookalikes_of(shop: PlantedShop) -> Lookalikes:
    return Lookalikes(shop.state, shop.columnar, shop.engine, shop.lists, shop.clock)


def test_those_who_are_like_the_seeds_are_found_and_usable_as_a_list(likenesses) -> None:
    shop, alike = likenesses
    found, stored = lookalikes_of(shop).save("seeds", N_ALIKE - N_SEEDS, "Like our best")
    audience = shop.engine.evaluate(InList(stored.id)).members
    assert (found.list_id, stored.size, len(audience)) == (stored.id, found.size, found.size)
    assert audience.jaccard_index(alike) > 0.9
    assert not audience & shop.lists.members("seeds")
    assert (found.n_seeds, found.n_others) == (N_SEEDS, N_ALIKE - N_SEEDS + N_OTHERS)
    assert found.n_held_back == 75
    # Half of those who are alike are no seeds, so the best that can be is about half of all.
    assert found.auc > 0.85
    assert found.is_better_than_chance
    assert found.at_size.low < found.at_size.lift < found.at_size.high
    assert found.at_size.low > 2
    lifts = [point.lift * point.share for point in found.curve]
    assert lifts == sorted(lifts)
    assert {one.feature.key for one in found.distinctions} >= {"category", "device"}


def test_who_is_left_out_is_neither_learnt_from_nor_chosen(likenesses, monkeypatch) -> None:
    shop, alike = likenesses
    limited = BitMap(sorted(alike)[:50]) | BitMap(sorted(shop.lists.members("seeds"))[:20])
    monkeypatch.setattr(shop.engine, "list_left_out", lambda: limited)
    found, stored = lookalikes_of(shop).save("seeds", 150, "Like those who may be asked")
    assert not shop.lists.members(stored.id) & limited
    assert len(shop.engine.evaluate(InList(stored.id)).members) == found.size == 150
    assert (found.n_seeds, found.n_others) == (N_SEEDS - 20, N_ALIKE - N_SEEDS - 50 + N_OTHERS)


def test_a_segment_without_a_pattern_is_no_better_than_chance(likenesses) -> None:
    found = lookalikes_of(likenesses[0]).find("anybody", 200)
    assert not found.is_better_than_chance
    assert 0.4 < found.auc < 0.6
    assert found.list_id is None


def test_looking_stores_nothing_and_says_the_same_each_time(likenesses) -> None:
    shop, _ = likenesses
    before = shop.lists.list_all()
    lookalikes = lookalikes_of(shop)
    assert lookalikes.find("seeds", 100) == lookalikes.find("seeds", 100)
    assert shop.lists.list_all() == before


@pytest.mark.parametrize("segment_id", ["hidden", "nested"])
def test_nobody_is_guessed_to_be_what_a_sensitive_segment_selects_by(
    likenesses, segment_id
) -> None:
    with pytest.raises(InvalidInputError, match="religion"):
        lookalikes_of(likenesses[0]).find(segment_id, 100)


def test_what_cannot_be_learnt_or_does_not_exist_is_refused(likenesses) -> None:
    lookalikes = lookalikes_of(likenesses[0])
    with pytest.raises(InvalidInputError, match="2 members"):
        lookalikes.find("few", 100)
    for size in (0, N_ALIKE + N_OTHERS):
        with pytest.raises(InvalidInputError, match="audience"):
            lookalikes.find("seeds", size)
    with pytest.raises(NotFoundError):
        lookalikes.find("none", 100)


def test_the_regression_finds_the_direction_it_was_given() -> None:
    rng = np.random.default_rng(4)
    values = rng.normal(size=(6_000, 3))
    chance = 1 / (1 + np.exp(-(2 * values[:, 0] - values[:, 1] - 1)))
    found = _fit(values, rng.random(6_000) < chance)
    assert found[1:] == pytest.approx([2, -1, 0], abs=0.15)


def test_ranks_count_ties_as_half() -> None:
    is_seed = np.array([True, True, False, False])
    assert _auc(np.array([3.0, 2.0, 1.0, 0.0]), is_seed) == 1
    assert _auc(np.array([1.0, 1.0, 1.0, 1.0]), is_seed) == 0.5
    assert _auc(np.array([0.0, 1.0, 2.0, 3.0]), is_seed) == 0


@given(st.integers(1, 2_000), st.data())
def test_wilsons_interval_holds_the_share_and_mirrors(of, data) -> None:
    hits = data.draw(st.integers(0, of))
    low, high = wilson(hits, of)
    assert 0 <= low <= hits / of <= high <= 1
    assert wilson(of - hits, of) == pytest.approx((1 - high, 1 - low))


def test_wilsons_interval_is_the_one_in_the_tables() -> None:
    assert wilson(10, 100) == pytest.approx((0.0552, 0.1744), abs=1e-4)
