"""Categories and searches of many people at once: each their own, and none claims too much."""

from hypothesis import given
from hypothesis import strategies as st
from made_up_shop import (
    CATEGORIES,
    IDS,
    LONDON,
    NOW,
    People,
    Sales,
    StatedSensitivity,
    ago,
    product,
    recommending,
)

from kikubari.decide.recommend import (
    Suggesting,
    SuggestionAsked,
    SuggestionKind,
    SuggestionReason,
    suggestion_sentence,
)
from kikubari.decide.recommend.traces import Trace
from kikubari.kit.clock import ManualClock

GOODS = [product(number) for number in range(8)]
CATEGORY_OF = {one.product_id: one.category for one in GOODS}
SEARCHED = [("green tea", 50, ["p00"]), ("mug", 40, ["p01", "p02"]), ("novel", 30, ["p03"])]
EVERY_KIND = tuple(SuggestionKind)


def suggesting(people, searched=SEARCHED, **more):
    service = recommending(GOODS, people, **more)
    return Suggesting(service, Sales(searched), StatedSensitivity(), ManualClock(NOW))


def test_what_is_popular_near_somebody_names_the_place_and_elsewhere_the_shop():
    people = People()
    people.add(1, Trace(), home=LONDON)
    people.add(2, Trace(), home=LONDON, is_profiled=False)
    near = [("GB", "London", one, 40 - number, 10) for number, one in enumerate(IDS)]
    service = suggesting(people, sold=[*near, *(("", "", *row[2:]) for row in near)])
    asked = [SuggestionAsked(SuggestionKind.CATEGORIES, number, 1) for number in (1, 2)]
    [[local], [anywhere]] = service.suggest_many(asked)
    assert (local.place, anywhere.place) == ("London", None)
    assert suggestion_sentence(local, "en") == "Popular in London"
    assert suggestion_sentence(local, "ja") == "Londonでよく選ばれているカテゴリーです"
    assert suggestion_sentence(anywhere, "en") == "Popular in this shop"


def test_the_reason_is_what_says_most_and_as_old_as_the_last_of_it():
    people = People()
    people.add(1, Trace({"p00": [ago(50), ago(9)]}, {"p04": ago(1)}))
    [tea] = suggesting(people).suggest(SuggestionKind.CATEGORIES, 1, limit=4)
    assert (tea.name, tea.reason, tea.days_since) == ("Tea", SuggestionReason.BOUGHT, 9)


did = st.dictionaries(st.sampled_from(IDS[:8]), st.floats(0.5, 200), max_size=4)
unwanted = st.frozensets(st.sampled_from(CATEGORIES), max_size=2)


@given(st.lists(st.tuples(did, did, unwanted), min_size=1, max_size=4))
def test_many_at_once_get_what_each_would_alone_and_nothing_is_claimed_that_was_not_done(lives):
    people = People()
    for number, (bought, viewed, dismissed) in enumerate(lives):
        trace = Trace(
            {name: [ago(days)] for name, days in bought.items()},
            {name: ago(days) for name, days in viewed.items()},
            dismissed,
        )
        people.add(number, trace)
    service = suggesting(people)
    asked = [SuggestionAsked(kind, at, 5) for at in range(len(lives)) for kind in EVERY_KIND]
    found = service.suggest_many(asked)
    for one, suggestions in zip(asked, found, strict=True):
        assert suggestions == service.suggest(one.kind, one.number, limit=one.limit)
        bought, viewed, dismissed = lives[one.number]
        for told in suggestions:
            category = told.name if one.kind is SuggestionKind.CATEGORIES else told.category
            assert category not in dismissed
            done = {SuggestionReason.BOUGHT: bought, SuggestionReason.VIEWED: viewed}
            if told.reason is SuggestionReason.POPULAR:
                assert not bought
                assert not viewed
            else:
                assert category in {CATEGORY_OF[name] for name in done[told.reason]}
