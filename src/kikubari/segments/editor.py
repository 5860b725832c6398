"""What a segment editor works with: counts, words, advice and things to choose from."""

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from kikubari.segments.advice import Advised, Adviser, Numbers
from kikubari.segments.audiences import (
    Audiences,
    Edit,
    EditSessions,
    LeafSets,
    Portraits,
    Vocabulary,
)
from kikubari.segments.builtin import BUILTIN_SEGMENTS, find_builtin
from kikubari.segments.contracts import Definitions, Erasures, Lists, NoErasures
from kikubari.segments.engine import SegmentEngine
from kikubari.segments.explanation import Explainer, Language
from kikubari.segments.lists import StoredLists
from kikubari.segments.stored import Segments
from kikubari.spec.conditions import CountRange, Duration, EventCount, Last
from kikubari.spec.errors import NotFoundError
from kikubari.spec.topics import ORDER_COMPLETED
from kikubari.storage import ColumnarStore

# What an experiment hopes to raise, where nothing else is said: ordering within a month.
GOAL = EventCount(CountRange(at_least=1), ORDER_COMPLETED, window=Last(Duration(days=30)))
_DEFAULT_RATE = 0.02
# Advice does not wait for segments that were never compared; it says more the next time.
_OVERLAP_SECONDS = 0.4
_NO_ERASURES = NoErasures()


class SegmentTitles:
    """Names and ids of stored and ready-made segments, and of lists.

    Args:
        segments: the stored ones.
        lists: stored lists; None where there are none.
    """

    def __init__(self, segments: Segments, lists: StoredLists | None) -> None:
        self._segments = segments
        self._lists = lists

    def list_segment_ids(self) -> Sequence[str]:
        """Return all ids: the shop's own first."""
        own = [one.id for one in self._segments.list_all()]
        return [*own, *(one.id for one in BUILTIN_SEGMENTS if one.id != "builtin:everyone")]

    def segment_title(self, segment_id: str, language: Language) -> str:
        """Return a segment's name; its id, if there is none."""
        builtin = find_builtin(segment_id)
        if builtin is not None:
            return builtin.name_ja if language == "ja" else builtin.name_en
        try:
            return self._segments.get(segment_id).name
        except NotFoundError:
            return segment_id

    def list_title(self, list_id: str, language: Language) -> str:
        """Return a list's name; its id, if there is none."""
        if self._lists is None:
            return list_id
        try:
            found = self._lists.get(list_id)
        except NotFoundError:
            return list_id
        return found.name_ja if language == "ja" else found.name_en


@dataclass(frozen=True)
class SegmentEditor:
    """Everything an editor asks for.

    Attributes:
        audiences: who is in an edited tree.
        explainer: trees in words.
        vocabulary: what there is to choose from.
        adviser: what to think of before a segment is used.
        titles: names of segments.
    """

    audiences: Audiences
    explainer: Explainer
    vocabulary: Vocabulary
    adviser: Adviser
    titles: SegmentTitles

    def advise(self, edit: Edit, *, but: str | None = None) -> Advised:
        """Return advice on the complete part of an edited tree.

        Args:
            edit: what is edited.
            but: id of the stored segment that is edited: it is not compared with itself.
        """
        counted = self.audiences.counted(edit)
        tree = counted.draft.root.condition()
        if tree is None:
            return Advised((), None)
        numbers = Numbers(
            everyone=len(counted.everyone),
            total=len(counted.members or ()),
            # Paths of the two agree only while every part is complete.
            funnel=None if counted.problems else self.audiences.funnel(edit),
            reach=self.audiences.reach(edit),
            overlaps=self.audiences.overlaps(edit, but=but, seconds=_OVERLAP_SECONDS),
            base_rate=self.audiences.share(GOAL, edit) or _DEFAULT_RATE,
        )
        return self.adviser.advise(tree, numbers)


def create_editor(
    columnar: ColumnarStore,
    engine: SegmentEngine,
    segments: Segments,
    *,
    lists: Lists,
    definitions: Definitions,
    currency: str,
    zone: ZoneInfo,
    stored_lists: StoredLists | None = None,
    erasures: Erasures = _NO_ERASURES,
) -> SegmentEditor:
    """Return the editor of a shop's segments.

    Args:
        columnar: copy of the log.
        engine: says what now is.
        segments: stored segments.
        lists: static lists.
        definitions: trees of segments by id.
        currency: of the shop.
        zone: of the shop.
        stored_lists: for the names of lists.
        erasures: says when rows were deleted.
    """
    titles = SegmentTitles(segments, stored_lists)
    explainer = Explainer(titles, currency=currency, zone=zone)
    leaf_sets = LeafSets(columnar, lists=lists, definitions=definitions, erasures=erasures)
    audiences = Audiences(
        engine,
        leaf_sets,
        EditSessions(columnar.cancel),
        titles,
        Portraits(columnar, leaf_sets, explainer),
    )
    return SegmentEditor(audiences, explainer, Vocabulary(columnar), Adviser(explainer), titles)
