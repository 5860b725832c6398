"""Runs the cases of a journey: the engine that runs shops' journeys, on a past that is made up."""

from collections.abc import Iterable, Mapping, Sequence
from zoneinfo import ZoneInfo

import msgspec

from kikubari.decide.personalise import EmailTemplateSource, Footer
from kikubari.deliver import Sender
from kikubari.events import RowBuilder
from kikubari.journeys.cases.cast import Cast, read_at
from kikubari.journeys.cases.comparing import Comparison, tell_entry
from kikubari.journeys.cases.contracts import (
    Case,
    CaseOutcome,
    Difference,
    ExpectedEntry,
    JourneyOutcome,
)
from kikubari.journeys.cases.knowledge import CaseShop, CastMemories, Knowledge, stated_list
from kikubari.journeys.contracts import Objection
from kikubari.journeys.definition import Fault, JourneyDefinition, MessageStep, Who
from kikubari.journeys.running import Letters, References
from kikubari.journeys.running.faults import list_faults
from kikubari.journeys.saved_blocks import list_saved_ids
from kikubari.journeys.simulation import Past, SimulatedEntry, SimulationResult, simulate
from kikubari.journeys.simulation.throw_away import ThrowAwayStore
from kikubari.segments import EventTests, RememberedPeople
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, KikubariError

_NOBODY = Sender(from_address="test@invalid.example")


def try_journey(
    definition: JourneyDefinition, cases: Sequence[Case], *, journey_id: str, shop: CaseShop
) -> JourneyOutcome:
    """Return what is wrong with a journey, and what came of its cases.

    Args:
        definition: of the journey.
        cases: to be run; without any only the journey itself is looked at.
        journey_id: its own, on which lots depend.
        shop: around it.
    """
    stated = {id_ for case in cases for one in case.people.values() for id_ in one.segments}
    faults = _find_faults(definition, Knowledge(shop, {}, stated, {}))
    if faults:
        return JourneyOutcome(journey=journey_id, faults=tuple(faults))
    outcomes = tuple(_try(definition, case, journey_id=journey_id, shop=shop) for case in cases)
    return JourneyOutcome(journey=journey_id, cases=outcomes)


class _NoGuard:
    """Implements `journeys.GuardSample`: messages are judged where the shop's data is."""

    def judge(
        self, step: MessageStep, numbers: Sequence[int], chosen_by: Sequence[Who]
    ) -> tuple[int, list[Objection]]:
        """Look at no message."""
        del step, numbers, chosen_by
        return 0, []


def _find_faults(definition: JourneyDefinition, knowledge: Knowledge) -> list[Fault]:
    references = References(knowledge.check, knowledge.exists)
    with ThrowAwayStore() as store:
        letters = Letters(
            store,
            sender=_NOBODY,
            fill=_fill,
            selecting=lambda _: (),
            coupons=None,
            workspace_id=DEFAULT_WORKSPACE,
        )
        return list_faults(definition, letters.check, references.list_faults)


def _try(
    definition: JourneyDefinition, case: Case, *, journey_id: str, shop: CaseShop
) -> CaseOutcome:
    try:
        cast = Cast(case, definition, journey_id=journey_id, zone=shop.zone)
        result = simulate(
            _past(case, cast, shop),
            definition,
            journey_id=journey_id,
            since=read_at(case.since, shop.zone),
            until=read_at(case.until, shop.zone),
            is_exact=True,
        )
        if len(result.sample) != result.entries:
            raise InvalidInputError(
                f"{result.entries} entries are too many for a test", hint="Make it shorter."
            )
    except KikubariError as error:
        problem = f"{error.message} {error.hint}".strip()
        return CaseOutcome(case=case.name, is_passed=False, problem=problem)
    found = {
        name: tuple(tell_entry(one, shop.zone) for one in _entries_of(number, result.sample))
        for name, number in cast.numbers.items()
    }
    differences = tuple(_compare(case, found, result, shop.zone))
    return CaseOutcome(
        case=case.name,
        is_passed=not differences,
        differences=differences,
        found=found,
        refused=result.refused,
    )


def _past(case: Case, cast: Cast, shop: CaseShop) -> Past:
    people = case.people.items()
    on_lists: dict[str, list[str]] = {}
    for name, person in people:
        for list_id in (*person.lists, *(stated_list(one) for one in person.segments)):
            on_lists.setdefault(list_id, []).append(name)
    stated = {id_ for _, person in people for id_ in person.segments}
    knowledge = Knowledge(shop, cast.numbers, stated, on_lists)
    builder = RowBuilder(workspace_id=DEFAULT_WORKSPACE, currency=shop.currency)
    return Past(
        events=cast,
        memories=CastMemories(RememberedPeople(knowledge, builder, zone=shop.zone), cast.events),
        people=cast,
        tests=EventTests(currency=shop.currency, zone=shop.zone, workspace_id=DEFAULT_WORKSPACE),
        guard=_NoGuard(),
        frequency=lambda: case.frequency,
        fill=_fill,
        zone=shop.zone,
    )


def _compare(
    case: Case,
    found: Mapping[str, Sequence[ExpectedEntry]],
    result: SimulationResult,
    zone: ZoneInfo,
) -> Iterable[Difference]:
    comparison = Comparison(zone)
    for name, person in case.people.items():
        if person.expect is not None:
            path = f"people.{name}.expect"
            yield from comparison.compare(path, person.expect, found[name])
    if case.refused is not None and case.refused != result.refused:
        yield Difference(
            path="refused", expected=_reasons(case.refused), found=_reasons(result.refused)
        )


def _entries_of(number: int, entries: Iterable[SimulatedEntry]) -> list[SimulatedEntry]:
    mine = [one for one in entries if one.number == number]
    return sorted(mine, key=lambda one: one.entered_at)


def _reasons(refused: Mapping[str, int]) -> str:
    return ", ".join(f"{n} {reason}" for reason, n in sorted(refused.items())) or "nobody"


def _fill(template: EmailTemplateSource) -> EmailTemplateSource:
    """Put a foot in the place of each saved block: what is in them is the server's to know."""
    wanted = list_saved_ids(template)
    return msgspec.structs.replace(template, saved={one: (Footer(id=one),) for one in wanted})
