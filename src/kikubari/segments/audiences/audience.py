"""Everything an editor of segments asks about the people it holds, each answered for itself.

The counts come first; reach, overlaps, funnel, sample and portrait are further questions about
the same edit, whose conditions are at hand by then.
"""

import random
import time
from collections.abc import Sequence
from datetime import datetime
from typing import Any, get_args

from pyroaring import BitMap

from kikubari.kit.instants import from_micros
from kikubari.segments.audiences.contracts import (
    ChannelReach,
    Counts,
    Directory,
    Funnel,
    Overlap,
    Overlaps,
    Portrait,
    Reach,
)
from kikubari.segments.audiences.counting import CountedDraft, count_draft, funnel_of
from kikubari.segments.audiences.drafts import read_draft
from kikubari.segments.audiences.leaf_sets import LeafSets
from kikubari.segments.audiences.portraits import Portraits
from kikubari.segments.audiences.sessions import EditSessions, Ticket
from kikubari.segments.derive import ADDRESS_TRAITS
from kikubari.segments.engine import SegmentEngine
from kikubari.segments.moment import Moment
from kikubari.spec.conditions import (
    Channel,
    Condition,
    ConsentIs,
    InSegment,
    IsSet,
    Suppressed,
    TraitIs,
)
from kikubari.spec.errors import KikubariError

# After this long, segments not yet compared are left out of an answer about overlaps.
OVERLAP_SECONDS = 2.0
# The people of a sample stay the same while an audience does.
_SEED = 20_260_301


class Edit:
    """One state of an edited tree, and whether somebody still waits for answers about it.

    Args:
        tree: the tree as edited, plain JSON; parts of it may be incomplete.
        as_of: the instant to count for, as the last answer gave it; None: now.
        ticket: ends when a newer edit comes.
    """

    def __init__(self, tree: Any, as_of: datetime | None, ticket: Ticket) -> None:
        self.tree = tree
        self.as_of = as_of
        self.ticket = ticket


class Audiences:
    """Answers an editor.

    Args:
        engine: says what now is.
        leaf_sets: answers conditions and keeps the answers.
        sessions: who edits what.
        directory: segments to compare with.
        portraits: what sets people apart.
    """

    def __init__(
        self,
        engine: SegmentEngine,
        leaf_sets: LeafSets,
        sessions: EditSessions,
        directory: Directory,
        portraits: Portraits,
    ) -> None:
        self._engine = engine
        self._leaf_sets = leaf_sets
        self._sessions = sessions
        self._directory = directory
        self._portraits = portraits

    def begin(
        self,
        tree: Any,
        *,
        as_of: datetime | None = None,
        session: str | None = None,
        sequence: int = 0,
    ) -> Edit:
        """Begin to answer an edit.

        Args:
            tree: the tree as edited.
            as_of: the instant of the last answer, so that only what changed is asked anew.
            session: names the editor; its older edits are given up.
            sequence: number of the edit in its session.

        Raises:
            SupersededError: a newer edit of the session was seen already.
        """
        ticket = Ticket() if session is None else self._sessions.begin(session, sequence)
        self._leaf_sets.notice_erasures()
        return Edit(tree, as_of, ticket)

    def count(self, edit: Edit) -> Counts:
        """Return how many belong, in all and by condition."""
        started = time.perf_counter()
        moment = self._moment(edit)
        counted = self._counted(edit, moment)
        return Counts(
            total=None if counted.members is None else len(counted.members),
            everyone=len(counted.everyone),
            nodes=counted.nodes(),
            problems=counted.problems,
            as_of=from_micros(moment.as_of),
            took_ms=round((time.perf_counter() - started) * 1_000, 1),
        )

    def funnel(self, edit: Edit) -> Funnel:
        """Return which condition cuts how many."""
        return funnel_of(self.counted(edit))

    def counted(self, edit: Edit) -> CountedDraft:
        """Return the people of every node."""
        return self._counted(edit, self._moment(edit))

    def reach(self, edit: Edit) -> Reach:
        """Return whom messages would reach, channel by channel."""
        moment = self._moment(edit)
        members = self._counted(edit, moment).members or BitMap()
        anywhere = BitMap()
        channels = []
        for channel in get_args(Channel):
            reached, found = self._channel(channel, members, moment, edit.ticket)
            anywhere |= found
            channels.append(reached)
        return Reach(len(members), len(anywhere), tuple(channels))

    def overlaps(
        self, edit: Edit, *, but: str | None = None, seconds: float = OVERLAP_SECONDS
    ) -> Overlaps:
        """Return what the audience shares with other segments.

        Args:
            edit: whose people.
            but: id of a segment that is left out: the one that is edited.
            seconds: after which segments not yet compared are left out.
        """
        moment = self._moment(edit)
        members = self._counted(edit, moment).members or BitMap()
        wanted = [one for one in self._directory.list_segment_ids() if one != but]
        until = time.monotonic() + seconds
        found: list[Overlap] = []
        for n_done, segment_id in enumerate(wanted):
            if time.monotonic() > until:
                return Overlaps(len(members), _by_size(found), len(wanted) - n_done)
            overlap = self._overlap(segment_id, members, moment, edit.ticket)
            if overlap is not None:
                found.append(overlap)
        return Overlaps(len(members), _by_size(found), 0)

    def sample(self, edit: Edit, n_people: int) -> list[int]:
        """Return the numbers of some people of the audience, spread evenly by chance."""
        members = self.counted(edit).members or BitMap()
        chosen = random.Random(_SEED).sample(  # noqa: S311 - a choice to look at, no secret
            range(len(members)), min(n_people, len(members))
        )
        return [members[rank] for rank in sorted(chosen)]

    def portrait(self, edit: Edit) -> Portrait:
        """Return what sets the audience apart from everyone."""
        moment = self._moment(edit)
        counted = self._counted(edit, moment)
        return self._portraits.draw(
            counted.members or BitMap(), counted.everyone, moment, edit.ticket
        )

    def share(self, condition: Condition, edit: Edit) -> float:
        """Return the share of everybody for whom a condition holds; 0 where there is nobody."""
        moment = self._moment(edit)
        everyone = self._leaf_sets.everyone(moment, edit.ticket)
        holds = self._leaf_sets.members(condition, moment, edit.ticket)
        return len(holds) / len(everyone) if everyone else 0.0

    def close(self) -> None:
        """End background work."""
        self._sessions.close()

    def _moment(self, edit: Edit) -> Moment:
        return self._engine.moment(edit.as_of)

    def _counted(self, edit: Edit, moment: Moment) -> CountedDraft:
        return count_draft(read_draft(edit.tree), self._leaf_sets, moment, edit.ticket)

    def _channel(
        self, channel: Channel, members: BitMap, moment: Moment, ticket: Ticket
    ) -> tuple[ChannelReach, BitMap]:
        ask = self._leaf_sets.members
        with_address = members & ask(TraitIs(ADDRESS_TRAITS[channel], IsSet()), moment, ticket)
        if not with_address:
            return ChannelReach(channel, 0, 0, 0, 0), with_address
        agreed = with_address & ask(ConsentIs("marketing", channel), moment, ticket)
        suppressed = agreed & ask(Suppressed(channel), moment, ticket)
        reached = agreed - suppressed
        sizes = (len(one) for one in (with_address, agreed, suppressed, reached))
        return ChannelReach(channel, *sizes), reached

    def _overlap(
        self, segment_id: str, members: BitMap, moment: Moment, ticket: Ticket
    ) -> Overlap | None:
        """Return one overlap; None for a segment that cannot be evaluated."""
        ticket.check()
        try:
            other = self._leaf_sets.members(InSegment(segment_id), moment, ticket)
        except KikubariError:
            ticket.check()
            return None
        titles = (self._directory.segment_title(segment_id, "ja"),
                  self._directory.segment_title(segment_id, "en"))  # fmt: skip
        return Overlap(segment_id, *titles, len(other), members.intersection_cardinality(other))


def _by_size(found: Sequence[Overlap]) -> tuple[Overlap, ...]:
    return tuple(sorted(found, key=lambda one: (-one.shared, one.size, one.segment_id)))
