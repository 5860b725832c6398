"""Who must not be chosen by what they did: those who object to profiling, or refused it."""

from collections.abc import Mapping

from pyroaring import BitMap

from kikubari.app.limits import PeopleLimits
from kikubari.app.selecting import SegmentFacts
from kikubari.events import PROFILE
from kikubari.profiles import Profiles
from kikubari.segments import CopyProgress, is_worked_out
from kikubari.spec.conditions import Condition
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import ColumnarStore, StateStore

_SAID_BY_OTHERS = f"""
SELECT groupBitmapState({PROFILE}) FROM traits
WHERE workspace_id = {{workspace:UInt16}} AND name IN {{names:Array(String)}}
  AND profile IN {{numbers:Array(UInt32)}} AND provenance != 'declared'
"""  # noqa: S608 - PROFILE is a constant of the copy's schema; values are parameters

# Their latest word on profiling, on whatever channel, is no. Who never said no is not sorted.
_REFUSING = f"""
SELECT groupBitmapState(person) FROM (
  SELECT {PROFILE} AS person FROM consents
  WHERE workspace_id = {{workspace:UInt16}} AND purpose = 'profiling' AND person IN (
    SELECT {PROFILE} FROM consents
    WHERE workspace_id = {{workspace:UInt16}} AND purpose = 'profiling' AND status != 'granted'
  )
  GROUP BY person HAVING argMax(status, (at, source_id, message_key)) != 'granted'
)
"""  # noqa: S608 - as above


class ProfilingObjections:
    """Implements `segments.Objections` on the limits of people.

    Args:
        limits: says who objects.
        facts: lists what a condition looks at.
        store: says which numbers are one person.
        profiles: likewise.
        columnar: says who told a trait, and who refused profiling in the consent ledger.
        progress: says how far that is; what it said is kept until it has more.
    """

    def __init__(
        self,
        limits: PeopleLimits,
        facts: SegmentFacts,
        *,
        store: StateStore,
        profiles: Profiles,
        columnar: ColumnarStore,
        progress: CopyProgress,
    ) -> None:
        self._limits = limits
        self._facts = facts
        self._store = store
        self._profiles = profiles
        self._columnar = columnar
        self._progress = progress
        # A list of segments asks once for each of them.
        self._answers: tuple[int, dict[tuple[object, ...], BitMap]] = (-1, {})

    def list_unprofiled(self) -> BitMap:
        """Return those of whom nothing is worked out."""
        return self._limits.list_limited() | self._list_refusing()

    def list_unchosen(self, tree: Condition) -> BitMap:
        """Return the objecting people whom a condition must not choose, however it turns out.

        All of them, if it looks at what people did or are guessed to be, or at a list that was
        worked out of that, maybe before they objected; if it looks at traits, those for whom
        somebody else ever stated one of them.
        """
        facts = self._facts.list_of(tree)
        is_by_conduct = any(map(is_worked_out, self._facts.lists_of(tree)))
        objecting = self._list_objecting() if facts or is_by_conduct else BitMap()
        if not objecting:
            return objecting
        if is_by_conduct or any(one.provenance is not None for one in facts):
            return objecting
        names = [one.attribute for one in facts]
        return objecting & self._list_told_of(names, objecting) if names else BitMap()

    def _list_objecting(self) -> BitMap:
        return self._limits.list_against_profiling() | self._list_refusing()

    def _list_refusing(self) -> BitMap:
        return self._ask(_REFUSING, {"workspace": DEFAULT_WORKSPACE}, ())

    def _list_told_of(self, names: list[str], people: BitMap) -> BitMap:
        """Return those of the people of whom others said something under one of the names."""
        with self._store.read() as connection:
            numbers = sorted({*self._profiles.numbers_of(connection, list(people)), *people})
        given = {"workspace": DEFAULT_WORKSPACE, "names": names, "numbers": numbers}
        return self._ask(_SAID_BY_OTHERS, given, (*names, *numbers))

    def _ask(self, query: str, given: Mapping[str, object], about: tuple[object, ...]) -> BitMap:
        position = self._progress.copied_position()
        known, answers = self._answers
        if known != position:
            answers = {}
            self._answers = position, answers
        key = query, *about
        if key not in answers:
            answers[key] = self._columnar.query_bitmap(query, given)
        return answers[key]
