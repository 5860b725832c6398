"""What speaks for stages, and what was told of them, from the columnar copy."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from kikubari.decide.stages.contracts import NO_STAGE, Born, Did, LifeStages, Said, Stage
from kikubari.decide.stages.inference import CORRECTED, DAY_US, NOWHERE, Seen
from kikubari.events import PROFILE
from kikubari.kit.instants import to_micros
from kikubari.spec.topics import INTERNAL_SOURCE_ID
from kikubari.storage import ColumnarStore, QueryBudget

# Days beyond these add nothing to a guess.
_MOST_DAYS = 5
_OF_ALL = "profile != 0"
_OF_ONE = "profile_arrived IN {numbers:Array(UInt32)}"
_BY_OWN_WORD = "provenance = 'declared'"
_BY_STAFF = f"provenance = 'declared' AND source_id = {INTERNAL_SOURCE_ID}"

_STATED = f"""
SELECT {PROFILE} AS person,
  argMax((is_set, text, toInt64(toUnixTimestamp64Micro(ifNull(instant, at))), isNotNull(instant)),
         (at, source_id, message_key)) AS said,
  toInt64(toUnixTimestamp64Micro(max(at)))
FROM traits
WHERE workspace_id = {{workspace:UInt16}} AND WHOSE AND name = {{trait:String}}
  AND SAID_HOW AND at <= {{as_of:DateTime64(6, 'UTC')}}
GROUP BY person
HAVING said.1 = 1
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters
_DONE = f"""
SELECT {PROFILE} AS person, toInt64(toUnixTimestamp64Micro(max(at))),
  uniqExactIf(toDate(at), at > {{since:DateTime64(6, 'UTC')}})
FROM events
WHERE workspace_id = {{workspace:UInt16}} AND WHOSE AND type = {{event:String}}
  AND at <= {{as_of:DateTime64(6, 'UTC')}} AND NOT is_machine
  AND (hasAny(item_categories, {{categories:Array(String)}})
    OR hasAny(item_product_ids, {{products:Array(String)}})
    OR category IN {{categories:Array(String)}} OR product_id IN {{products:Array(String)}})
GROUP BY person
"""  # noqa: S608 - likewise
_TOLD = f"""
SELECT {PROFILE} AS person, argMax((is_set, text), (at, source_id, message_key)) AS said
FROM traits
WHERE workspace_id = {{workspace:UInt16}} AND profile != 0 AND name = {{trait:String}}
  AND source_id = {INTERNAL_SOURCE_ID}
GROUP BY person
HAVING said.1 = 1
"""  # noqa: S608 - likewise
_COUNTED = f"""
SELECT said.2, countIf(said.3 = 'declared'), countIf(said.3 != 'declared')
FROM (
  SELECT {PROFILE} AS person,
    argMax((is_set, text, toString(provenance)), (at, source_id, message_key)) AS said
  FROM traits
  WHERE workspace_id = {{workspace:UInt16}} AND profile != 0 AND name = {{trait:String}}
    AND source_id = {INTERNAL_SOURCE_ID}
  GROUP BY person
  HAVING said.1 = 1
)
GROUP BY said.2
"""  # noqa: S608 - likewise


@dataclass(frozen=True)
class Asked:
    """Whose evidence is asked for.

    Attributes:
        as_of: what lies after it is not looked at.
        workspace_id: whose customers.
        numbers: all that one person has; everybody if None.
    """

    as_of: datetime
    workspace_id: int
    numbers: Collection[int] | None = None


def read_evidence(
    store: ColumnarStore, definition: LifeStages, asked: Asked
) -> dict[int, list[Seen]]:
    """Return by person all that speaks for any stage, what staff were told first."""
    found: dict[int, list[Seen]] = {}
    for person, seen in _read_corrections(store, definition, asked):
        found.setdefault(person, []).append(seen)
    for place, stage in enumerate(definition.stages):
        for nth, one in enumerate(stage.evidence):
            read = (
                _read_done(store, (place, stage), (nth, one), asked)
                if isinstance(one, Did)
                else _read_stated(store, (place, stage), (nth, one), asked)
            )
            for person, seen in read:
                found.setdefault(person, []).append(seen)
    return found


def read_told(store: ColumnarStore, trait: str, *, workspace_id: int) -> dict[int, str]:
    """Return what the trait, as told by this product and not withdrawn, says of whom."""
    rows = store.query_rows(
        _TOLD, {"workspace": workspace_id, "trait": trait}, budget=QueryBudget.REPORT
    )
    return {person: text for person, (_, text) in rows}


def count_told(
    store: ColumnarStore, trait: str, *, workspace_id: int
) -> dict[str, tuple[int, int]]:
    """Return by stage how many people are told to be in it, by own word and by guess."""
    values = {"workspace": workspace_id, "trait": trait}
    rows = store.query_rows(_COUNTED, values, budget=QueryBudget.REPORT)
    return {stage: (declared, guessed) for stage, declared, guessed in rows}


def correction(definition: LifeStages, stage_id: str, at_us: int) -> Seen | None:
    """Return what staff were told as evidence; None where the definition has no such stage."""
    lasting = [one.lasts_days for one in definition.stages]
    places = {one.id: place for place, one in enumerate(definition.stages)}
    place = NOWHERE if stage_id == NO_STAGE else places.get(stage_id)
    if place is None:
        return None
    days = max(lasting) if place == NOWHERE else lasting[place]
    return Seen(at_us, at_us + days * DAY_US, place, 1.0, is_declared=True, evidence=CORRECTED)


def _read_corrections(
    store: ColumnarStore, definition: LifeStages, asked: Asked
) -> Iterator[tuple[int, Seen]]:
    query = _STATED.replace("SAID_HOW", _BY_STAFF)
    for person, (_, text, _, _), at_us in _query(
        store, query, asked, {"trait": definition.corrected_trait}
    ):
        seen = correction(definition, text, at_us)
        if seen is not None:
            yield person, seen


def _read_done(
    store: ColumnarStore, stage: tuple[int, Stage], evidence: tuple[int, Did], asked: Asked
) -> Iterator[tuple[int, Seen]]:
    place, lasts_days = stage[0], stage[1].lasts_days
    nth, did = evidence
    values = {
        "since": asked.as_of - timedelta(days=lasts_days),
        "event": did.event,
        "categories": list(did.categories),
        "products": list(did.product_ids),
    }
    for person, at_us, n in _query(store, _DONE, asked, values):
        confidence = 1 - (1 - did.confidence) ** min(max(n, 1), _MOST_DAYS)
        until_us = at_us + lasts_days * DAY_US
        seen = Seen(at_us, until_us, place, confidence, is_declared=False, evidence=nth, n_days=n)
        yield person, seen


def _read_stated(
    store: ColumnarStore, stage: tuple[int, Stage], evidence: tuple[int, Said | Born], asked: Asked
) -> Iterator[tuple[int, Seen]]:
    place, lasts_us = stage[0], stage[1].lasts_days * DAY_US
    nth, one = evidence
    now_us = to_micros(asked.as_of)
    query = _STATED.replace("SAID_HOW", _BY_OWN_WORD)
    for person, (_, text, instant_us, is_date), at_us in _query(
        store, query, asked, {"trait": one.trait}
    ):
        if isinstance(one, Said):
            begins, ends, speaks = at_us, at_us + lasts_us, text == one.value
        else:
            begins = instant_us + one.from_days * DAY_US
            ends = instant_us + one.until_days * DAY_US
            speaks = bool(is_date) and begins <= now_us
        if speaks:
            yield person, Seen(begins, ends, place, 1.0, is_declared=True, evidence=nth)


def _query(store: ColumnarStore, query: str, asked: Asked, values: dict[str, Any]) -> Any:
    values |= {"workspace": asked.workspace_id, "as_of": asked.as_of}
    if asked.numbers is None:
        return store.query_rows(query.replace("WHOSE", _OF_ALL), values, budget=QueryBudget.REPORT)
    values["numbers"] = sorted(asked.numbers)
    return store.query_rows(query.replace("WHOSE", _OF_ONE), values, budget=QueryBudget.LIVE)
