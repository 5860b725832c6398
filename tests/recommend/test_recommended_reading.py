"""Articles and guides are recommended by what people did, told why, and kept to the same rules."""

from datetime import timedelta

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from made_up_shop import CATEGORIES, IDS, NOW, People, ago, product, recommending

from kikubari.app.recommended import ground_of
from kikubari.app.shoppers import SensitiveByCatalogue
from kikubari.catalog import Product
from kikubari.decide.recommend import Reason, Request, Strategy, reason_sentence
from kikubari.decide.recommend.traces import Trace
from kikubari.profiles import SavedItem, SavedThings


def article(name, topic=None, *, days=30, **more):
    day = (NOW - timedelta(days=days)).date()
    return Product(
        product_id=name, updated_at=NOW, title=name, kind="article", topic=topic, released_on=day,
        **more,
    )  # fmt: skip


GOODS = [product(number) for number in range(8)]
BOUGHT_TEA = Trace({"p00": [ago(9)]})


def read(articles, trace=BOUGHT_TEA, saved=None, goods=GOODS, **known):
    people = People()
    people.add(1, trace, saved, **known)
    service = recommending([*goods, *articles], people)
    return service.recommend(Request(strategy=Strategy.CONTENT, number=1, limit=12)).items


def names(items):
    return [one.product_id for one in items]


@pytest.mark.parametrize("topic", ["Tea", "tea", "類0"])
def test_what_is_about_goods_that_were_bought_leads_and_says_so(topic):
    items = read([article("new", "Books", days=1), article("a", topic, days=90)])
    assert names(items) == ["a", "new"]
    first, second = (one.reason for one in items)
    assert reason_sentence(first, "en") == "About Tea, which you bought"
    assert reason_sentence(first, "ja") == "お買い上げいただいた類0にまつわる読みものです"
    assert ground_of(first) == "purchases"
    assert (reason_sentence(second, "en"), ground_of(second)) == ("New to read", "")


def test_views_and_saved_things_count_less_and_are_told_as_what_they_are():
    at = NOW - timedelta(days=2)
    saved = SavedThings(
        (SavedItem(id="p02", list_id="", list_name="", quantity=1, name="", price=None,
                   currency="", saved_at=at, changed_at=at),)
    )  # fmt: skip
    trace = Trace({}, {"p01": ago(1)})
    items = read([article("of-cups", "Cups"), article("of-sweets", "Sweets")], trace, saved)
    assert names(items) == ["of-sweets", "of-cups"]
    told = [(reason_sentence(one.reason, "en"), ground_of(one.reason)) for one in items]
    assert told[1] == ("About Cups, which you looked at", "viewed")
    assert told[0][0].startswith("About Sweets, of which ")
    assert told[0][1] in {"cart", "favourites"}


def test_the_newest_leads_where_nothing_is_known_and_no_goods_fill_it_up():
    items = read([article("old", "Tea", days=300), article("new", "Tea", days=3)], Trace())
    assert names(items) == ["new", "old"]
    assert [reason_sentence(one.reason, "en") for one in items] == [
        "New to read",
        "Something to read",
    ]


def test_what_was_read_is_gone_is_not_out_yet_or_unwanted_is_left_out():
    trace = Trace({"p00": [ago(9)]}, {"seen": ago(3)}, frozenset({"Books", "dismissed"}))
    shown = read(
        [
            article("seen", "Tea"),
            article("gone", "Tea", is_gone=True),
            article("ahead", "Tea", days=-3),
            article("dismissed", "Tea"),
            article("books", "books"),
            article("kept", "Tea"),
        ],
        trace,
    )
    assert names(shown) == ["kept"]


def test_who_refuses_profiling_gets_the_newest_and_who_refuses_tracking_nothing_by_views():
    articles = [article("tea", "Tea", days=90), article("new", "Books", days=1)]
    for found in (
        read(articles, is_profiled=False),
        read(articles, Trace({}, {"p00": ago(1)}), is_tracked=False),
    ):
        assert names(found) == ["new", "tea"]
        assert {one.reason.code for one in found} == {Reason.TO_READ}


def test_the_stage_of_life_leads_among_the_like_and_other_stages_are_left_out():
    articles = [
        article("for-all", "Tea", days=1),
        article("puppies", "Tea", stage="Puppy"),
        article("seniors", "Tea", stage="senior"),
    ]
    known = {"stages": frozenset({"puppy"}), "other_stages": frozenset({"senior"})}
    assert names(read(articles, **known)) == ["puppies", "for-all"]
    assert len(read(articles)) == 3


def test_too_telling_topics_are_for_nobody():
    telling = product(5, category="Kits", category_path=("Kits",), sensitive_class="health")
    articles = [article("kits", "Kits"), article("said", "Tea", sensitive_class="health")]
    assert not read(articles, goods=[*GOODS, msgspec.structs.replace(telling, product_id="k")])
    for topic in ("Health", "Religion"):
        assert SensitiveByCatalogue().is_sensitive(article("a", topic))
    assert not SensitiveByCatalogue().is_sensitive(article("a", "Tea"))


topics = st.sampled_from([None, *CATEGORIES, *(one.upper() for one in CATEGORIES)])


@given(
    st.lists(st.tuples(topics, st.integers(-30, 400)), max_size=8),
    st.dictionaries(st.sampled_from(IDS[:8]), st.floats(0.5, 200), max_size=4),
    st.frozensets(st.sampled_from([*CATEGORIES, "a0", "a1"]), max_size=2),
    st.frozensets(st.sampled_from(["a0", "a1", "a2"]), max_size=2),
)
def test_only_content_is_listed_and_no_reason_claims_what_was_not_done(
    said, bought, dismissed, seen
):
    articles = [article(f"a{at}", topic, days=days) for at, (topic, days) in enumerate(said)]
    by_id = {one.product_id: one for one in articles}
    trace = Trace(
        {name: [ago(days)] for name, days in bought.items()},
        {name: ago(2) for name in seen},
        dismissed,
    )
    items = read(articles, trace)
    assert len(set(names(items))) == len(items)
    for one in items:
        stated = by_id[one.product_id]
        assert one.product_id not in seen | dismissed
        assert stated.released_on <= NOW.date()
        assert (stated.topic or "").title() not in dismissed
        if one.reason.code is Reason.ABOUT_BOUGHT:
            assert one.reason.seed in bought
            assert one.reason.category == stated.topic.title()
