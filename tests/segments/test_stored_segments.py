"""Segments are kept in versions, refuse circles, and say why a person is in or out."""

import pytest
from agreement import CLOCK_START, Shop
from population import AS_OFS

from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.segments import Person, SegmentDefinitions, Segments
from kikubari.segments._tables import segment_versions
from kikubari.spec.conditions import convert_condition
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import StateStore

EVERYONE = convert_condition({"type": "everyone"})
BUYERS = convert_condition(
    {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}}
)


@pytest.fixture
def segments(state: StateStore, shop: Shop) -> Segments:
    """Stored segments over the shared shop."""
    engine = shop.new_engine()
    engine._definitions = SegmentDefinitions(state)
    return Segments(state, engine, TimeOrderedIds(), ManualClock(CLOCK_START))


def refer(segment_id: str):
    return convert_condition({"type": "not", "of": {"type": "segment", "segment": segment_id}})


def test_a_segment_is_stored_listed_changed_and_its_versions_kept(segments, state) -> None:
    made = segments.create("Buyers", BUYERS, description="who bought")
    assert segments.get(made.id) == made
    changed = segments.update(made.id, name="購入者", version=1)
    assert (changed.version, changed.definition) == (2, BUYERS)
    segments.create("All", EVERYONE, id_="all")
    assert [segment.name for segment in segments.list_all()] == ["All", "購入者"]
    with state.read() as connection:
        rows = connection.execute(segment_versions.select().order_by("version")).all()
    assert [row.name for row in rows if row.segment_id == made.id] == ["Buyers", "購入者"]


def test_a_change_of_an_older_version_is_refused(segments) -> None:
    made = segments.create("Buyers", BUYERS)
    segments.update(made.id, definition=EVERYONE)
    with pytest.raises(ConflictError, match="version 2"):
        segments.update(made.id, name="Mine", version=1)
    with pytest.raises(ConflictError, match="already"):
        segments.create("Again", BUYERS, id_=made.id)


@pytest.mark.parametrize(("name", "id_"), [("", None), ("x" * 201, None), ("x", "a b")])
def test_bad_names_and_ids_are_refused(segments, name, id_) -> None:
    with pytest.raises(InvalidInputError):
        segments.create(name, EVERYONE, id_=id_)


def test_references_lead_somewhere_and_never_back(segments) -> None:
    with pytest.raises(NotFoundError, match="ghost"):
        segments.create("Ghost", refer("ghost"))
    segments.create("A", EVERYONE, id_="a")
    segments.create("B", refer("a"), id_="b")
    segments.create("C", refer("b"), id_="c")
    with pytest.raises(InvalidInputError, match="refer to itself"):
        segments.update("a", definition=refer("c"))
    with pytest.raises(InvalidInputError, match="refer to itself"):
        segments.create("Self", refer("self"), id_="self")


def test_stored_and_ready_made_segments_are_evaluated(segments, shop: Shop) -> None:
    made = segments.create("Not lapsed", refer("builtin:lapsed_90d"))
    members = segments.evaluate(made.id, AS_OFS[3]).members
    lapsed = segments.evaluate("builtin:lapsed_90d", AS_OFS[3]).members
    everyone = segments.evaluate("builtin:everyone", AS_OFS[3]).members
    assert members == everyone - lapsed
    assert 0 < len(lapsed) < len(everyone)
    with pytest.raises(NotFoundError):
        segments.evaluate("none")


def test_a_person_is_explained_condition_by_condition(segments, shop: Shop) -> None:
    tree = convert_condition({
        "type": "any",
        "of": [
            {"type": "not", "of": {"type": "list", "list": "few"}},
            {"type": "percentile", "function": "sum", "top_percent": 50,
             "of": {"on": "column", "column": "value_minor"}},
        ],
    })  # fmt: skip
    members = segments._engine.evaluate(tree, AS_OFS[3])
    counts = [0, 0, 0, 0]
    for person in shop.population.people:
        said = segments.explain(tree, person, AS_OFS[3])
        assert [one.path for one in said] == ["$", "$.of[0]", "$.of[0].of", "$.of[1]"]
        assert said[0].is_true == (person.profile in members.members)
        counts = [count + one.is_true for count, one in zip(counts, said, strict=True)]
    assert counts[2:] == [leaf.count for leaf in members.leaves]


def test_somebody_unknown_is_in_nothing(segments) -> None:
    nobody = Person(1, {"events": [], "traits": [], "consents": []})
    said = segments.explain(convert_condition({"type": "not", "of": {"type": "cart"}}), nobody)
    assert [one.is_true for one in said] == [False, False]
