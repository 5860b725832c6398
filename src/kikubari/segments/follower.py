"""Keeps the members of every followed segment, and writes down who entered and who left.

One step: read how far the copy is, bring the leaves up to it, combine them, compare with the
members of before, and write every difference in one transaction together with the events that
tell it. A process that dies has written all of a step or nothing; the next one finds the same
differences again. Two processes never write the same change: each follows a numbered one.
"""

from collections import deque
from collections.abc import Sequence
from typing import Any, Protocol

import msgspec
from pyroaring import BitMap
from sqlalchemy import Connection

from kikubari.kit.clock import Clock
from kikubari.kit.instants import to_micros
from kikubari.segments import _memberships as repository
from kikubari.segments.announcing import Announcer
from kikubari.segments.contracts import Cause, FollowedProgress
from kikubari.segments.live import LiveLeaves, flatten, leaves_of
from kikubari.spec.conditions import Condition, Everyone, digest_of
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, KikubariError
from kikubari.storage import StateStore

# Changes after which all members are written down again.
_CHANGES_PER_CHECKPOINT = 200
_CHANGES_KEPT_US = 7 * 24 * 3_600 * 1_000_000
# While history comes in by the million, members are renewed this often.
_BEHIND_EVENTS = 20_000
_PAUSE_BEHIND_US = 15_000_000
_PROGRESS_EVERY_US = 1_000_000
# Whoever is new to everyone is new to each "not".
_EVERYONE = Everyone()


class Followed(msgspec.Struct, frozen=True):
    """A segment to follow: whether it tells who enters and leaves by default."""

    id: str
    version: int
    definition: Condition
    announces: bool


class FollowedSegments(Protocol):
    """Which segments there are; implemented by `SegmentDefinitions`."""

    def versions(self) -> Sequence[tuple[str, int]]:
        """Return id and version of every followed segment: cheap, asked at every step."""
        ...

    def followed(self) -> Sequence[Followed]:
        """Return every followed segment."""
        ...

    def definition(self, segment_id: str) -> Condition:
        """Return a segment's tree."""
        ...


class _Tracked:
    """A followed segment in memory."""

    def __init__(self, followed: Followed) -> None:
        self.followed = followed
        self.tree: Condition = followed.definition
        self.leaf_digests: frozenset[str] = frozenset()
        self.digest = ""
        self.members = BitMap()
        # What is written: nothing yet if `change` is 0.
        self.change = 0
        self.version = 0
        self.stored_digest = ""
        self.announces = followed.announces
        self.since_checkpoint = 0
        self.error = ""


class _Difference(msgspec.Struct, frozen=True):
    tracked: Any  # _Tracked; msgspec needs no schema of it
    members: BitMap
    cause: Cause


class Follower:
    """Follows segments; call `step` again and again, from one thread.

    Args:
        state: store of memberships.
        leaves: what the segments are made of.
        segments: which there are.
        progress: how far the copy is.
        clock: says when "now" is.
        workspace_id: whose segments.
    """

    def __init__(
        self,
        state: StateStore,
        leaves: LiveLeaves,
        segments: FollowedSegments,
        progress: FollowedProgress,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._leaves = leaves
        self._segments = segments
        self._progress = progress
        self._clock = clock
        self._workspace_id = workspace_id
        self._tracked: dict[str, _Tracked] = {}
        self._versions: Sequence[tuple[str, int]] | None = None
        # (end of the log, when it was seen): when the copy has it, all of before is in.
        self._marks: deque[tuple[int, int]] = deque(maxlen=10_000)
        self._through = 0
        self._written_progress = 0
        # Events of changes wait to be written; at first, perhaps those of a process that died.
        self._has_more = True

    def step(self) -> bool:
        """Bring every segment up to now; return whether there is more to do at once."""
        as_of = to_micros(self._clock.now())
        lag = self._progress.lag()
        if lag > _BEHIND_EVENTS and as_of - self._leaves.as_of < _PAUSE_BEHIND_US:
            return False
        self._marks.append((self._progress.copied_position() + lag, as_of))
        self._read_definitions(as_of)
        updated = self._leaves.step(as_of)
        if updated is None:
            return False
        self._note_progress()
        differences = [
            found
            for tracked in self._tracked.values()
            if (found := self._difference(tracked, updated)) is not None
        ]
        return self._write(differences)

    def _read_definitions(self, as_of: int) -> None:
        """Take in new and changed segments; forget those that are gone."""
        versions = list(self._segments.versions())
        if versions == self._versions:
            return
        followed = self._segments.followed()
        kept: dict[str, _Tracked] = {}
        for one in followed:
            tracked = self._tracked.get(one.id) or self._load(one)
            tracked.followed = one
            self._flatten(tracked)
            kept[one.id] = tracked
        self._tracked = kept
        trees = [one.tree for one in kept.values() if not one.error]
        self._leaves.follow(trees, as_of)
        self._versions = versions

    def _flatten(self, tracked: _Tracked) -> None:
        try:
            tree = flatten(
                tracked.followed.definition, self._segments.definition, (tracked.followed.id,)
            )
        except KikubariError as error:
            tracked.error = error.message
            return
        tracked.error = ""
        tracked.tree = tree
        tracked.digest = digest_of(tree)
        tracked.leaf_digests = frozenset(digest_of(leaf) for leaf in (*leaves_of(tree), _EVERYONE))

    def _load(self, followed: Followed) -> _Tracked:
        tracked = _Tracked(followed)
        with self._state.read() as connection:
            row = repository.find_state(connection, self._workspace_id, followed.id)
            if row is not None:
                tracked.change, tracked.version = row.change, row.version
                tracked.stored_digest = row.digest
                tracked.announces = bool(row.announces)
                tracked.members = repository.read_members(
                    connection, self._workspace_id, followed.id
                )
                tracked.since_checkpoint = repository.count_changes(
                    connection, self._workspace_id, followed.id
                )
        return tracked

    def _difference(self, tracked: _Tracked, updated: set[str]) -> _Difference | None:
        if tracked.error:
            return None
        is_edited = tracked.stored_digest != tracked.digest
        is_renamed = tracked.version != tracked.followed.version
        if not is_edited and not is_renamed and not tracked.leaf_digests & updated:
            return None
        members = self._leaves.members(tracked.tree) & self._leaves.everyone
        if members == tracked.members and not is_edited and not is_renamed:
            return None
        cause: Cause = "followed"
        if tracked.change == 0:
            cause = "created"
        elif is_edited:
            cause = "edited"
        return _Difference(tracked, members, cause)

    def _note_progress(self) -> None:
        """Move the instant up to which everything that had arrived is in the members."""
        while self._marks and self._marks[0][0] <= self._leaves.position:
            self._through = self._marks.popleft()[1]

    def _slowest(self) -> int:
        instants = [
            self._leaves.holds_for(one.tree) for one in self._tracked.values() if not one.error
        ]
        return min([self._through, *instants])

    def _write(self, differences: list[_Difference]) -> bool:
        is_due = self._leaves.as_of - self._written_progress >= _PROGRESS_EVERY_US
        if not differences and not is_due and not self._has_more:
            return False
        through = self._slowest()

        def work(connection: Connection) -> bool:
            announcer = Announcer(connection, self._workspace_id)
            for one in differences:
                self._write_difference(connection, one, announcer)
            announcer.go_on()
            repository.write_progress(
                connection,
                self._workspace_id,
                position=self._leaves.position,
                as_of_us=self._leaves.as_of,
                through_us=through,
            )
            return announcer.has_more

        try:
            self._has_more = self._state.write(work)
        except ConflictError:
            # Another process wrote a change: start from what is written now.
            self._tracked, self._versions = {}, None
            raise
        for one in differences:
            _adopt(one)
        self._written_progress = self._leaves.as_of
        return self._has_more

    def _write_difference(
        self, connection: Connection, one: _Difference, announcer: Announcer
    ) -> None:
        tracked = one.tracked
        entered, left = one.members - tracked.members, tracked.members - one.members
        is_change = bool(entered or left) or one.cause == "created"
        change = tracked.change + 1 if is_change else tracked.change
        state: dict[str, Any] = {
            "version": tracked.followed.version,
            "digest": tracked.digest,
            "size": len(one.members),
            "position": self._leaves.position,
            "as_of_us": self._leaves.as_of,
        }
        key = {"workspace_id": self._workspace_id, "segment_id": tracked.followed.id}
        if one.cause == "created":
            is_next = repository.add_state(
                connection,
                {
                    **key,
                    **state,
                    "change": change,
                    "announces": int(tracked.announces),
                    "first_us": self._leaves.as_of,
                },
            )
        else:
            is_next = repository.move_state(
                connection,
                self._workspace_id,
                tracked.followed.id,
                change=tracked.change,
                values={**state, "change": change},
            )
        if not is_next:
            raise ConflictError(f"segment {tracked.followed.id!r} is followed elsewhere")
        if not is_change:
            return
        announcer.add(
            {
                **key,
                "change": change,
                "version": tracked.followed.version,
                "cause": one.cause,
                "as_of_us": self._leaves.as_of,
                "position": self._leaves.position,
                "size": len(one.members),
                "n_entered": len(entered),
                "n_left": len(left),
            },
            entered,
            left,
        )
        if one.cause == "created" or tracked.since_checkpoint >= _CHANGES_PER_CHECKPOINT:
            self._checkpoint(connection, tracked.followed.id, change, one.members)

    def _checkpoint(
        self, connection: Connection, segment_id: str, change: int, members: BitMap
    ) -> None:
        repository.write_checkpoint(
            connection, self._workspace_id, segment_id, change=change, members=members
        )
        repository.forget_changes(
            connection,
            self._workspace_id,
            segment_id,
            up_to=change,
            before_us=self._leaves.as_of - _CHANGES_KEPT_US,
        )


def _adopt(one: _Difference) -> None:
    """Take what was written for what is."""
    tracked: _Tracked = one.tracked
    if one.members != tracked.members or one.cause == "created":
        is_checkpoint = (
            one.cause == "created" or tracked.since_checkpoint >= _CHANGES_PER_CHECKPOINT
        )
        tracked.since_checkpoint = 0 if is_checkpoint else tracked.since_checkpoint + 1
        tracked.change += 1
    tracked.members = one.members
    tracked.version = tracked.followed.version
    tracked.stored_digest = tracked.digest
