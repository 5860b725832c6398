"""Rules of recommending: what must never appear, whatever the strategy and the shop."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made_up_shop import (
    CATEGORIES,
    IDS,
    LONDON,
    N_ITEMS,
    NOW,
    SOLD,
    People,
    ago,
    product,
    recommending,
    usable,
)

from kikubari.catalog import Availability
from kikubari.decide.recommend import Grounds, Reason, Request, Strategy, reason_sentence
from kikubari.decide.recommend.situation import is_bought_again
from kikubari.decide.recommend.traces import Trace
from kikubari.profiles import SavedItem, SavedThings

items = st.sampled_from(IDS)
DAYS = [NOW.date() + timedelta(days=days) for days in (-9, -1, 0, 1, 9)]


def saved_item(name, days):
    at = NOW - timedelta(days=days)
    return SavedItem(
        id=name, list_id="", list_name="", quantity=1, name="", price=None, currency="",
        saved_at=at, changed_at=at,
    )  # fmt: skip


@st.composite
def products(draw):
    return [
        product(
            number,
            stock=draw(st.sampled_from([None, 0, 5])),
            is_gone=draw(st.sampled_from([False, False, False, True])),
            is_consumable=draw(st.sampled_from([None, True, False])),
            sensitive_class=draw(st.sampled_from([None, None, None, "health"])),
            released_on=draw(st.sampled_from([None, None, *DAYS])),
            preorder_from=draw(st.sampled_from([None, None, *DAYS])),
            preorder_until=draw(st.sampled_from([None, None, *DAYS])),
            availability=draw(st.sampled_from([None, None, Availability.PREORDER])),
        )
        for number in range(N_ITEMS)
    ]


@st.composite
def traces(draw):
    days = st.floats(0.5, 200)
    bought = draw(st.dictionaries(items, st.lists(days, min_size=1, max_size=3), max_size=12))
    viewed = draw(st.dictionaries(items, st.floats(0.1, 50), max_size=8))
    dismissed = draw(st.frozensets(st.sampled_from([*IDS, *CATEGORIES]), max_size=4))
    return Trace(
        {name: sorted(ago(one) for one in times) for name, times in bought.items()},
        {name: ago(one) for name, one in viewed.items()},
        dismissed,
    )


requests = st.builds(
    Request,
    strategy=st.sampled_from(Strategy),
    number=st.sampled_from([None, 1]),
    seeds=st.lists(items, max_size=2).map(tuple),
    limit=st.integers(1, 12),
    excluded=st.lists(items, max_size=10).map(tuple),
    categories=st.lists(st.sampled_from(CATEGORIES), max_size=2).map(tuple),
    min_margin_percent=st.sampled_from([None, 60.0]),
    falls_back=st.booleans(),
)


def is_open_for_orders(stated):
    """Say by release and window alone whether a product can be ordered on the day."""
    on, window = NOW.date(), (stated.preorder_from, stated.preorder_until)
    is_within = (window[0] or on) <= on <= (window[1] or on)
    if stated.released_on is None:
        return is_within
    if stated.released_on <= on:
        return True
    return is_within and (any(window) or stated.availability is Availability.PREORDER)


@settings(max_examples=150)
@given(
    products(),
    traces(),
    st.lists(items, max_size=4, unique=True),
    st.frozensets(st.sampled_from(CATEGORIES), max_size=2),
    requests,
)
def test_no_list_breaks_a_rule(shop, trace, favourites, withheld, request):
    people = People()
    saved = SavedThings(tuple(saved_item(one, 3) for one in favourites))
    people.add(1, trace, saved, withheld=withheld)
    service = recommending(shop, people, learned=usable())
    found = service.recommend(request)
    known = {one.product_id: one for one in shop}
    names = [one.product_id for one in found.items]
    mine = trace if request.number == 1 else Trace()
    named = {*request.categories, *(known[one].category for one in request.seeds)}
    not_theirs = withheld - named if request.number == 1 else frozenset()
    assert len(names) == len(set(names)) <= request.limit
    assert not {*names} & {*request.excluded, *request.seeds, *mine.dismissed}
    for one in found.items:
        stated = known[one.product_id]
        assert stated.is_for_sale
        assert is_open_for_orders(stated)
        seed = known.get(one.reason.seed)
        assert seed is None or seed.sensitive_class is None
        assert stated.sensitive_class is None
        assert stated.category not in mine.dismissed | not_theirs
        assert not request.categories or stated.category in request.categories
        if request.min_margin_percent is not None:
            assert stated.margin_percent >= request.min_margin_percent
        times = mine.bought.get(one.product_id, ())
        is_used_up = stated.is_consumable or (
            stated.is_consumable is None and is_bought_again(usable().learned, one.product_id)
        )
        assert len(times) != 1 or is_used_up
    others = {one.strategy for one in found.items} - {request.strategy}
    assert set(found.fell_back_to) == others
    assert not others or request.falls_back
    assert service.recommend(request) == found


@pytest.mark.parametrize("reason", Reason)
def test_every_reason_has_a_sentence_in_both_languages(reason):
    bare = Grounds(code=reason)
    full = Grounds(
        code=reason, seed="p1", seed_title="Tea", seed_title_ja="茶", days_since=3, usual_days=20,
        share=0.3, n_buyers=9, category="Cups", category_ja="器", place="London",
    )  # fmt: skip
    for one in (bare, full):
        en, ja = reason_sentence(one, "en-GB"), reason_sentence(one, "ja-JP")
        assert en.isascii()
        assert not ja.isascii()
        assert "None" not in en + ja


def only(service, strategy, **asked):
    return service.recommend(Request(strategy=strategy, falls_back=False, **asked)).items


def shop_of(trace, saved=None, **known):
    people = People()
    people.add(1, trace, saved, **known)
    return recommending([product(number) for number in range(N_ITEMS)], people, learned=usable())


def test_similar_is_of_the_kind_and_never_cheaper():
    found = only(shop_of(Trace()), Strategy.SIMILAR, seeds=("p08",), limit=5)
    assert found
    for one in found:
        assert one.product.price.amount_minor >= 1_800
        assert one.reason == msgspec.structs.replace(
            one.reason, code=Reason.SIMILAR, seed="p08", seed_title="Tea of kind 2"
        )
    assert found[0].product.category == "Tea"


def test_what_goes_with_a_product_is_what_baskets_say():
    found = only(shop_of(Trace()), Strategy.GOES_WITH, seeds=("p04",), limit=2)
    assert {one.product_id for one in found} <= {"p00", "p08"}
    assert found[0].reason.code is Reason.BOUGHT_TOGETHER
    assert 0 < found[0].reason.share <= 1
    assert reason_sentence(found[0].reason, "en") == "Often bought with Tea of kind 1"


def test_buying_again_waits_for_the_own_rhythm():
    due = Trace({"p00": [ago(60), ago(40), ago(20)], "p04": [ago(41), ago(21), ago(1)]})
    found = only(shop_of(due), Strategy.BUY_AGAIN, number=1)
    assert [one.product_id for one in found] == ["p00"]
    assert found[0].reason.usual_days == 20
    assert reason_sentence(found[0].reason, "ja").startswith("約20日ごとに")


def test_what_was_viewed_comes_latest_first_and_not_once_it_is_bought():
    trace = Trace({"p02": [ago(1)]}, {"p01": ago(5), "p02": ago(4), "p03": ago(2)})
    found = only(shop_of(trace), Strategy.VIEWED_NOT_BOUGHT, number=1)
    assert [(one.product_id, one.reason.days_since) for one in found] == [("p03", 2), ("p01", 5)]


def test_saved_things_name_the_place_they_are_saved_in():
    saved = SavedThings(favourites=(saved_item("p05", 9),), cart=(saved_item("p06", 1),))
    found = only(shop_of(Trace(), saved), Strategy.SAVED_ITEMS, number=1)
    assert [(one.product_id, one.reason.code) for one in found] == [
        ("p06", Reason.IN_CART),
        ("p05", Reason.FAVOURITE),
    ]


def test_trends_are_of_the_place_where_enough_is_bought():
    near = [("GB", "London", "p30", 40, 5), ("GB", "London", "p31", 2, 0), ("FR", "", "p32", 9, 0)]
    people = People()
    people.add(1, Trace(), home=LONDON)
    people.add(2, Trace())
    shop = [product(number) for number in range(N_ITEMS)]
    service = recommending(shop, people, sold=[*SOLD, *near])
    [here] = only(service, Strategy.TRENDING, number=1)
    assert (here.product_id, here.reason.place) == ("p30", "London")
    assert all(one.reason.place is None for one in only(service, Strategy.TRENDING, number=2))


def test_who_has_no_history_gets_what_is_popular_where_they_look():
    service = shop_of(Trace(viewed={"p03": ago(1)}))
    found = service.recommend(Request(strategy=Strategy.FOR_YOU, number=1))
    assert set(found.fell_back_to) <= {Strategy.TRENDING, Strategy.COLD_START}
    cold = only(service, Strategy.COLD_START, number=1, limit=3)
    assert [one.product.category for one in cold] == ["Books"] * 3
    assert reason_sentence(cold[0].reason, "ja") == "類3でよく選ばれています"


def test_discoveries_are_new_and_others_next_week():
    people = People()
    people.add(1, Trace({"p00": [ago(20)], "p04": [ago(9)]}))
    shop = [product(number) for number in range(N_ITEMS)]
    weeks = [
        {
            one.product_id
            for one in only(
                recommending(shop, people, learned=usable(), now=NOW + timedelta(weeks=week)),
                Strategy.NEW_FOR_YOU,
                number=1,
                limit=3,
            )
        }
        for week in range(3)
    ]
    assert all(len(one) == 3 and not one & {"p00", "p04"} for one in weeks)
    assert not weeks[0] & weeks[1]
    assert not weeks[1] & weeks[2]


def test_who_refuses_profiling_is_treated_as_unknown_but_their_no_is_heard():
    trace = Trace({"p04": [ago(9)]}, {"p05": ago(1)}, frozenset({"p00"}))
    service = shop_of(trace, is_profiled=False)
    stranger = service.recommend(Request(strategy=Strategy.FOR_YOU, limit=6))
    refused = service.recommend(Request(strategy=Strategy.FOR_YOU, number=1, limit=6))
    assert {one.strategy for one in refused.items} <= {Strategy.TRENDING, Strategy.COLD_START}
    assert "p00" in {one.product_id for one in stranger.items}
    assert "p00" not in {one.product_id for one in refused.items}


def test_views_of_who_refuses_tracking_are_not_used():
    service = shop_of(Trace(viewed={"p05": ago(1)}), is_tracked=False)
    assert only(service, Strategy.VIEWED_NOT_BOUGHT, number=1) == ()


def test_goods_of_another_stage_are_withheld_unless_they_are_looked_at():
    service = shop_of(Trace(), withheld=frozenset({"Tea", "Books"}))
    for strategy in (Strategy.COLD_START, Strategy.FOR_YOU, Strategy.TRENDING):
        found = service.recommend(Request(strategy=strategy, number=1, limit=40)).items
        assert {one.product.category for one in found} == {"Cups", "Sweets"}
    looked_at = only(service, Strategy.SIMILAR, number=1, seeds=("p08",), limit=5)
    assert {one.product.category for one in looked_at} == {"Tea"}
    asked_for = service.recommend(
        Request(strategy=Strategy.COLD_START, number=1, categories=("Books",))
    )
    assert {one.product.category for one in asked_for.items} == {"Books"}


def test_a_stage_names_categories_however_deep_the_shop_files_them():
    people = People()
    people.add(1, Trace(), withheld=frozenset({"Dogs > Puppy"}))
    shelf = [
        product(0, category="Dogs>Puppy>Milk", category_path=("Dogs", "Puppy", "Milk")),
        product(1, category="Dogs > Adult", category_path=("Dogs", "Adult")),
    ]
    found = recommending(shelf, people).recommend(Request(strategy=Strategy.COLD_START, number=1))
    assert [one.product_id for one in found.items] == ["p01"]
