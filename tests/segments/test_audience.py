"""The people of an edited tree: counted node by node, over the shop of the other suites."""

import random
import threading
from collections.abc import Iterator, Mapping
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from agreement import Shop
from population import FixedDefinitions, FixedLists
from pyroaring import BitMap
from trees import SEGMENTS, tree

from kikubari.segments.audiences import (
    Audiences,
    EditSessions,
    LeafSets,
    Portraits,
    SupersededError,
    Vocabulary,
    matching,
    read_draft,
)
from kikubari.segments.explanation import Explainer
from kikubari.spec.conditions import Reachable, convert_condition
from kikubari.spec.errors import InvalidInputError
from kikubari.storage import ColumnarStore, QueryCancelledError, QueryTooHeavyError

Json = dict[str, Any]
ORDERED: Json = {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}}
VIEWED: Json = {"type": "event_count", "event": "Product Viewed", "count": {"at_least": 1}}
GOLD: Json = {"type": "trait", "trait": "plan", "test": {"type": "is", "value": "gold"}}
DEFINITIONS = {name: convert_condition(value) for name, value in SEGMENTS.items()}


class Titles:
    def list_segment_ids(self) -> list[str]:
        return list(SEGMENTS)

    def segment_title(self, segment_id: str, language: str) -> str:
        return f"{segment_id} {language}"

    def list_title(self, list_id: str, language: str) -> str:
        return list_id


class CountedStore:
    """The shop's store; counts the questions."""

    def __init__(self, store: ColumnarStore) -> None:
        self._store = store
        self.n_questions = 0

    def query_bitmap(self, *arguments: Any, **options: Any) -> BitMap:
        self.n_questions += 1
        return self._store.query_bitmap(*arguments, **options)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)


class Desk:
    """An editor's services over the shop."""

    def __init__(self, shop: Shop) -> None:
        self.store = CountedStore(shop.store)
        self.leaf_sets = LeafSets(
            self.store,  # type: ignore[arg-type]  # counts on the way
            lists=FixedLists(shop.population.lists),
            definitions=FixedDefinitions(DEFINITIONS),
        )
        self.sessions = EditSessions(shop.store.cancel)
        explainer = Explainer(Titles(), currency="JPY", zone=ZoneInfo("Asia/Tokyo"))
        self.audiences = Audiences(
            shop.engine,
            self.leaf_sets,
            self.sessions,
            Titles(),
            Portraits(shop.store, self.leaf_sets, explainer),
        )


@pytest.fixture
def desk(shop: Shop) -> Iterator[Desk]:
    desk = Desk(shop)
    yield desk
    desk.audiences.close()


def counts_of(desk: Desk, value: Any) -> Mapping[str, int | None]:
    return {one.path: one.count for one in desk.audiences.count(desk.audiences.begin(value)).nodes}


@pytest.mark.parametrize("seed", range(25))
def test_every_node_counts_whom_the_engine_finds(shop: Shop, desk: Desk, seed: int) -> None:
    value = tree(random.Random(f"audience {seed}"), 3)
    counted = desk.audiences.counted(desk.audiences.begin(value))
    for node in counted.draft.root.walk():
        condition = node.condition()
        assert condition is not None
        expected = shop.engine.evaluate(condition).members
        assert counted.sets[node.path] == expected, node.path


def test_only_the_changed_condition_is_asked_anew(desk: Desk) -> None:
    first = desk.audiences.count(desk.audiences.begin({"type": "all", "of": [ORDERED, GOLD]}))
    asked = desk.store.n_questions
    edited = {"type": "all", "of": [ORDERED, {"type": "not", "of": VIEWED}]}
    second = desk.audiences.count(desk.audiences.begin(edited, as_of=first.as_of))
    assert desk.store.n_questions == asked + 1
    assert [one.path for one in second.nodes if one.is_fresh] == ["$.of[1].of"]


def test_what_is_not_complete_is_left_out_and_named(desk: Desk) -> None:
    value = {"type": "all", "of": [{"type": "trait"}, GOLD, {"type": "any", "of": []},
                                   {"type": "not"}, None]}  # fmt: skip
    counts = desk.audiences.count(desk.audiences.begin(value))
    alone = desk.audiences.count(desk.audiences.begin(GOLD))
    assert counts.total == alone.total
    assert [(one.path, one.code) for one in counts.problems] == [
        (f"$.of[{i}]", "incomplete") for i in (0, 2, 3, 4)
    ]


@pytest.mark.parametrize("value", [None, "x", [], {}, {"type": "all", "of": []}, {"type": ["x"]}])
def test_nothing_complete_counts_nobody_knows_how_many(desk: Desk, value: Any) -> None:
    counts = desk.audiences.count(desk.audiences.begin(value))
    assert counts.total is None
    assert counts.problems


def test_a_tree_without_end_is_refused() -> None:
    value: Any = GOLD
    for _ in range(10_000):
        value = {"type": "not", "of": value}
    with pytest.raises(InvalidInputError, match="deep"):
        read_draft(value)
    with pytest.raises(InvalidInputError, match="at most"):
        read_draft({"type": "any", "of": [GOLD] * 600})


def test_the_funnel_tells_what_each_condition_cuts(shop: Shop, desk: Desk) -> None:
    parts = [ORDERED, GOLD, {"type": "not", "of": VIEWED}]
    funnel = desk.audiences.funnel(desk.audiences.begin({"type": "all", "of": parts}))
    sets = [shop.engine.evaluate(convert_condition(one)).members for one in parts]
    assert [step.alone for step in funnel.steps] == [len(one) for one in sets]
    assert [step.remaining for step in funnel.steps] == [
        len(sets[0]), len(sets[0] & sets[1]), len(sets[0] & sets[1] & sets[2])]  # fmt: skip
    without = [len(sets[1] & sets[2]), len(sets[0] & sets[2]), len(sets[0] & sets[1])]
    assert [step.without for step in funnel.steps] == without
    most = max(range(3), key=lambda i: without[i])
    expected = f"$.of[{most}]" if without[most] > funnel.total else None
    assert funnel.most_cutting == expected


def test_reach_is_what_the_condition_reachable_says(shop: Shop, desk: Desk) -> None:
    reach = desk.audiences.reach(desk.audiences.begin({"type": "everyone"}))
    for one in reach.channels:
        expected = shop.engine.evaluate(Reachable(one.channel)).members
        assert one.reachable == len(expected) == one.agreed - one.suppressed
        assert one.with_address >= one.agreed
    assert reach.anywhere >= max(one.reachable for one in reach.channels) > 0


def test_overlaps_are_those_of_the_sets_and_the_edited_segment_is_left_out(
    shop: Shop, desk: Desk
) -> None:
    edit = desk.audiences.begin(ORDERED)
    members = shop.engine.evaluate(convert_condition(ORDERED)).members
    found = desk.audiences.overlaps(edit).overlaps
    assert {one.segment_id for one in found} == set(SEGMENTS)
    for one in found:
        other = shop.engine.evaluate(DEFINITIONS[one.segment_id]).members
        assert (one.size, one.shared) == (len(other), len(other & members))
        assert one.title_ja == f"{one.segment_id} ja"
    assert [one.segment_id for one in desk.audiences.overlaps(edit, but="seg_a").overlaps] == [
        "seg_b"
    ]


def test_a_sample_is_of_members_and_stays_the_same(desk: Desk) -> None:
    edit = desk.audiences.begin(ORDERED)
    members = desk.audiences.counted(edit).members
    assert members is not None
    sample = desk.audiences.sample(edit, 5)
    assert len(set(sample)) == min(5, len(members))
    assert BitMap(sample) <= members
    assert desk.audiences.sample(edit, 5) == sample


def test_a_portrait_tells_what_sets_people_apart(shop: Shop, desk: Desk) -> None:
    portrait = desk.audiences.portrait(desk.audiences.begin(ORDERED))
    everyone = shop.engine.evaluate(convert_condition({"type": "everyone"})).members
    assert portrait.everyone == len(everyone)
    never = {one.value: one for one in portrait.traits if one.attribute == "orders"}
    assert all(one.label_ja and one.label_en for one in portrait.traits)
    assert all(one.lift == pytest.approx(one.share / one.share_of_everyone, rel=0.02)
               for one in portrait.traits)  # fmt: skip
    if "0" in never:
        assert never["0"].share < never["0"].share_of_everyone
    none = {"type": "not", "of": {"type": "everyone"}}
    nobody = desk.audiences.portrait(desk.audiences.begin(none))
    assert nobody.traits == ()


def test_a_newer_edit_takes_the_place_of_an_older_one() -> None:
    cancelled: list[str] = []
    sessions = EditSessions(cancelled.append)
    first = sessions.begin("me", 1)
    assert sessions.begin("me", 1) is first
    other = sessions.begin("you", 1)
    second = sessions.begin("me", 2)
    sessions.close()
    with pytest.raises(SupersededError):
        first.check()
    with pytest.raises(SupersededError):
        sessions.begin("me", 1)
    second.check()
    other.check()
    assert cancelled == [first.label]


def test_a_question_nobody_waits_for_is_ended(columnar: ColumnarStore) -> None:
    raised: list[BaseException] = []
    began = threading.Event()

    def ask() -> None:
        began.set()
        try:
            columnar.query_numbers(
                "SELECT toUInt32(count()) FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
                budget={"max_execution_time": 60},
                label="edit:x",
            )
        except QueryCancelledError as error:
            raised.append(error)

    thread = threading.Thread(target=ask)
    thread.start()
    began.wait()
    for _ in range(600):
        columnar.cancel("edit:x")
        thread.join(0.1)
        if not thread.is_alive():
            break
    assert [type(one) for one in raised] == [QueryCancelledError]


def test_a_question_over_its_budget_says_so(columnar: ColumnarStore) -> None:
    with pytest.raises(QueryTooHeavyError):
        columnar.query_numbers(
            "SELECT toUInt32(count()) FROM numbers(1000000000000) WHERE sipHash64(number) = 1",
            budget={"max_execution_time": 1},
        )


def test_groups_are_sets_by_their_number(columnar: ColumnarStore) -> None:
    sql = "SELECT toUInt32(number % 3), toUInt32(number) FROM numbers(7)"
    groups = columnar.query_groups(sql)
    assert groups == {0: BitMap([0, 3, 6]), 1: BitMap([1, 4]), 2: BitMap([2, 5])}
    assert columnar.query_groups(f"{sql} WHERE number > 7") == {}


def test_suggestions_come_from_the_data_most_frequent_first(shop: Shop) -> None:
    vocabulary = Vocabulary(shop.store)
    assert {"plan", "birthday"} <= {one.value for one in vocabulary.attributes()}
    assert {one.value for one in vocabulary.attribute_values("plan")} >= {"gold", "silver"}
    events = vocabulary.events()
    assert [one.count for one in events] == sorted((one.count for one in events), reverse=True)
    assert vocabulary.properties("Product Viewed")
    assert vocabulary.property_values("Product Viewed", ["color"])
    assert vocabulary.column_values("category", "")
    assert vocabulary.column_values("value_minor", "") == []
    assert vocabulary.item_values("category")
    with pytest.raises(InvalidInputError):
        vocabulary.column_values("properties", "")
    with pytest.raises(InvalidInputError):
        vocabulary.item_values("x' OR 1")


def test_no_address_or_name_is_suggested(shop: Shop) -> None:
    assert Vocabulary(shop.store).attribute_values("email") == []


def test_suggestions_that_begin_with_the_text_come_first(shop: Shop) -> None:
    found = matching(Vocabulary(shop.store).events(), "product", 10)
    assert found
    assert all("product" in one.value.casefold() for one in found)
    starts = [one.value.casefold().startswith("product") for one in found]
    assert starts == sorted(starts, reverse=True)
