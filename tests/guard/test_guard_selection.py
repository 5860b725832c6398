"""What chose the people is judged as what is printed."""

import pytest

from kikubari.app.selecting import SegmentFacts
from kikubari.decide.guard import Context, Guard, Message, list_selecting, with_lineage
from kikubari.decide.personalise import Lineage, Provenance
from kikubari.decide.reason import Basis, build_reason
from kikubari.spec.conditions import convert_condition
from kikubari.spec.errors import NotFoundError

TRAIT = {"type": "trait", "trait": "religion", "test": {"type": "is_set"}}
AGREED = Context(channel_consent=True, local_time="12:00", tz_known=True, why_link=True)


def facts(tree):
    return list_selecting(convert_condition(tree))


def test_traits_are_each_persons_own_matter():
    [fact] = facts(TRAIT)
    assert (fact.attribute, fact.provenance) == ("religion", None)
    known = Lineage(provenance=Provenance.INFERRED, confidence=0.9)
    [theirs] = with_lineage((fact,), {"customer.religion": known})
    assert theirs.provenance is Provenance.INFERRED
    assert with_lineage((fact,), {}) == ()


def test_what_people_did_is_named_by_what_was_looked_for():
    tree = {
        "type": "all",
        "of": [
            TRAIT,
            {
                "type": "event_count",
                "event": "Product Viewed",
                "where": [
                    {
                        "on": "column",
                        "column": "category",
                        "test": {"type": "is", "value": "Pregnancy tests"},
                    }
                ],
                "count": {"at_least": 1},
            },
        ],
    }
    found = facts(tree)
    assert found[0].attribute == "religion"
    assert "Pregnancy tests" in found[1].attribute
    assert found[1].provenance is Provenance.OBSERVED
    judged = Guard().judge(
        Message(channel="email", text="New in store.", uses=found[1:], context=AGREED)
    )
    assert judged.rules == ("R04",)


@pytest.mark.parametrize("made_of", ["wanting", "lookalike"])
def test_a_list_that_was_worked_out_is_a_guess_and_one_of_names_is_none(made_of):
    [fact] = facts({"type": "list", "list": f"{made_of}-85123a"})
    assert (fact.attribute, fact.provenance) == (f"list:{made_of}", Provenance.INFERRED)
    assert facts({"type": "list", "list": "guests-of-the-opening"}) == ()
    basis = Basis(is_marketing=True)
    for language, told in (("ja", "当店でのご利用"), ("en", "what you did with us")):
        line = build_reason(basis, (), language=language, zone="Asia/Tokyo", chosen_by=(fact,))
        assert told in line.text


@pytest.mark.parametrize(
    "tree",
    [
        {"type": "anniversary", "trait": "birthday"},
        {"type": "age", "age": {"at_least": 20}},
        {"type": "trait", "trait": "birthday", "test": {"type": "is_set"}},
    ],
)
def test_a_date_that_was_told_is_that_trait(tree):
    [fact] = facts(tree)
    assert (fact.attribute, fact.provenance) == ("birthday", None)


def test_what_runs_low_is_a_guess():
    [fact] = facts({"type": "runs_low", "within_days": 5})
    assert fact.provenance is Provenance.INFERRED


def test_what_allows_a_message_is_no_fact_of_its_content():
    reachable = {"type": "reachable", "channel": "email"}
    agreed = {"type": "consent", "purpose": "marketing", "channel": "email"}
    assert facts({"type": "all", "of": [reachable, agreed]}) == ()


def test_segments_within_segments_count_even_in_a_circle():
    stored = {
        "a": convert_condition({"type": "segment", "segment": "b"}),
        "b": convert_condition({"type": "any", "of": [TRAIT, {"type": "segment", "segment": "a"}]}),
    }

    def definition(segment_id):
        if segment_id not in stored:
            raise NotFoundError("gone")
        return stored[segment_id]

    book = SegmentFacts(definition)
    assert [one.attribute for one in book.list("a")] == ["religion"]
    assert [one.attribute for one in book.list(TRAIT)] == ["religion"]
    assert book.list({"type": "segment", "segment": "lost"}) == ()
    with pytest.raises(NotFoundError):
        book.list("lost")
