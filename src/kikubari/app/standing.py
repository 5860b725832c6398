"""What the guard learns of people beside facts: what they allowed, their age, their moment."""

from collections.abc import Collection, Iterable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from kikubari.decide.guard import NO_SIGNAL, OBJECTED_PROFILING, Standing
from kikubari.events import PROFILE, SENSITIVE_PREFIX, SENSITIVE_PURPOSES
from kikubari.profiles import ConsentState, Trait
from kikubari.spec import topics
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, QueryBudget

_PROFILING, _ENRICHMENT = "profiling", "enrichment"
STANDING_PURPOSES = (_PROFILING, _ENRICHMENT, *sorted(SENSITIVE_PURPOSES))
_REFUSED = frozenset({"denied", "withdrawn"})
_ADULT = 18
# What was opened longer ago and never closed was closed elsewhere.
_ISSUE_STAYS = timedelta(days=30)
_CHECKOUT_LASTS = timedelta(hours=1)
_CANCELLING_LASTS = timedelta(days=1)
_JUST_BOUGHT = timedelta(days=7)
# Each with what ends it.
_ISSUES = (
    (topics.SUPPORT_TICKET_OPENED, (topics.SUPPORT_TICKET_CLOSED,)),
    (topics.RETURN_REQUESTED, (topics.RETURN_COMPLETED, topics.ORDER_REFUNDED)),
)
_ACTS = (
    *(one for opened, closed in _ISSUES for one in (opened, *closed)),
    *(topics.CHECKOUT_STARTED, topics.CANCELLATION_STARTED, topics.ORDER_COMPLETED),
)
_LATEST = f"""
SELECT {PROFILE} AS person, type, toUnixTimestamp64Micro(max(at))
FROM events
WHERE workspace_id = {{workspace:UInt16}} AND type IN {{acts:Array(String)}}
  AND at >= {{since:DateTime64(6, 'UTC')}} AND at <= {{now:DateTime64(6, 'UTC')}}
  AND person IN {{people:Array(UInt32)}}
GROUP BY person, type
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters

Acts = Mapping[str, datetime]


def query_acts(
    store: ColumnarStore,
    people: Collection[int],
    *,
    now: datetime,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> dict[int, dict[str, datetime]]:
    """Return when people last did what the guard asks about, by event, in one query."""
    asked = {
        "workspace": workspace_id,
        "acts": sorted(_ACTS),
        "since": now - _ISSUE_STAYS,
        "now": now,
        "people": sorted(people),
    }
    found: dict[int, dict[str, datetime]] = {number: {} for number in people}
    for person, act, at_us in store.query_rows(_LATEST, asked, budget=QueryBudget.REPORT):
        found[person][act] = datetime.fromtimestamp(at_us / 1_000_000, UTC)
    return found


def standing_of(
    said: Mapping[str, ConsentState],
    traits: Mapping[str, Trait],
    acts: Acts,
    now: datetime,
    *,
    zone: ZoneInfo,
    shares_device: bool = False,
    gives_last5: int | None = None,
    objects: bool = False,
) -> Standing:
    """Return a person's standing.

    Args:
        said: their consent state for each of `STANDING_PURPOSES`.
        traits: by name; birthday, birth_year and age tell who is a minor.
        acts: as `query_acts` found them.
        now: an aware instant.
        zone: where their birthday begins.
        shares_device: others use their device side by side with them.
        gives_last5: of the last five messages to them, those that gave.
        objects: they object to profiling.
    """
    is_refused = objects or refuses_profiling(said)
    age = _age({name: trait.value for name, trait in traits.items()}, now.astimezone(zone).date())
    return Standing(
        explicit_consent=tuple(
            purpose.removeprefix(SENSITIVE_PREFIX)
            for purpose in sorted(SENSITIVE_PURPOSES)
            if said[purpose].is_granted
        ),
        privacy_signal=OBJECTED_PROFILING if is_refused else NO_SIGNAL,
        third_party_disclosed=said[_ENRICHMENT].is_granted,
        recipient_age=None if age is None else min(age, _ADULT),
        open_issue=any(_is_open(acts, opened, closed) for opened, closed in _ISSUES),
        journey_stage=_stage(acts, now),
        shares_device=shares_device,
        gives_last5=gives_last5,
    )


def refuses_profiling(said: Mapping[str, ConsentState]) -> bool:
    """Say whether somebody's word on profiling, by purpose, is no; nobody has to say yes."""
    return said[_PROFILING].status in _REFUSED


def _is_open(acts: Acts, opened: str, closed: Iterable[str]) -> bool:
    since = acts.get(opened)
    return since is not None and not any(acts[one] >= since for one in closed if one in acts)


def _stage(acts: Acts, now: datetime) -> str:
    bought = acts.get(topics.ORDER_COMPLETED)
    started = acts.get(topics.CHECKOUT_STARTED)
    if started and now - started < _CHECKOUT_LASTS and not (bought and bought >= started):
        return "checkout"
    leaving = acts.get(topics.CANCELLATION_STARTED)
    if leaving and now - leaving < _CANCELLING_LASTS:
        return "cancelling"
    return "purchased" if bought and now - bought < _JUST_BOUGHT else ""


def _age(traits: Mapping[str, Any], today: date) -> int | None:
    """Return years by the surest of what is known; nonsense is not known."""
    born = traits.get("birthday")
    if isinstance(born, str):
        try:
            day = date.fromisoformat(born[:10])
        except ValueError:
            pass
        else:
            return today.year - day.year - ((today.month, today.day) < (day.month, day.day))
    year, age = traits.get("birth_year"), traits.get("age")
    if isinstance(year, int) and not isinstance(year, bool):
        return today.year - year
    return age if isinstance(age, int) and not isinstance(age, bool) else None
