"""Stored segments: create, change, list, evaluate, explain one person."""

import re
from collections.abc import Iterator
from datetime import datetime

import msgspec
from sqlalchemy import Connection

from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.segments import _repository as repository
from kikubari.segments.builtin import (
    FOLLOWED_BUILTINS,
    find_builtin,
)
from kikubari.segments.contracts import Evaluation, Explained, Segment
from kikubari.segments.engine import SegmentEngine
from kikubari.segments.evaluate import belongs
from kikubari.segments.follower import Followed
from kikubari.segments.moment import Moment
from kikubari.segments.person import Person, View
from kikubari.segments.seen import see
from kikubari.segments.thresholds import PLAIN_VALUES, Thresholds, ThresholdValues
from kikubari.spec.conditions import Condition, InSegment, checked, walk
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import StateStore

MAX_NAME = 200
MAX_DESCRIPTION = 2_000
_ID = re.compile(r"[A-Za-z0-9_.:-]{1,100}")


class SegmentDefinitions:
    """Trees of stored and ready-made segments by id, and which of them are followed.

    Args:
        state: store of definitions.
        thresholds: what ready-made segments compare with; their plain values if not given.
        workspace_id: whose segments.
    """

    def __init__(
        self,
        state: StateStore,
        thresholds: Thresholds | None = None,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._thresholds = thresholds
        self._workspace_id = workspace_id

    def versions(self) -> list[tuple[str, int]]:
        """Return id and version of every followed segment."""
        with self._state.read() as connection:
            stored = repository.list_versions(connection, self._workspace_id)
        current = self._current()
        ready_made = [(one.id, one.version(current)) for one in FOLLOWED_BUILTINS]
        return [*ready_made, *stored]

    def followed(self) -> list[Followed]:
        """Return every followed segment; ready-made ones tell nobody who comes and goes."""
        with self._state.read() as connection:
            stored = repository.list_all(connection, self._workspace_id)
        current = self._current()
        return [
            *(
                Followed(one.id, one.version(current), one.tree(current), announces=False)
                for one in FOLLOWED_BUILTINS
            ),
            *(Followed(one.id, one.version, one.definition, announces=True) for one in stored),
        ]

    def definition(self, segment_id: str) -> Condition:
        """Return the tree.

        Raises:
            NotFoundError: there is no such segment.
        """
        with self._state.read() as connection:
            found = repository.find(connection, self._workspace_id, segment_id)
        if found is not None:
            return found.definition
        builtin = find_builtin(segment_id)
        if builtin is None:
            raise NotFoundError(f"there is no segment {segment_id!r}")
        return builtin.tree(self._current())

    def _current(self) -> ThresholdValues:
        return self._thresholds.values() if self._thresholds else PLAIN_VALUES


class Segments:
    """The segments of a workspace.

    Args:
        state: store of definitions.
        engine: evaluates trees; its `definitions` read the same store.
        ids: makes ids of new segments.
        clock: says when a version was made.
        workspace_id: whose segments.
    """

    def __init__(
        self,
        state: StateStore,
        engine: SegmentEngine,
        ids: IdFactory,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._state = state
        self._engine = engine
        self._ids = ids
        self._clock = clock
        self._workspace_id = workspace_id

    def create(
        self, name: str, definition: Condition, *, description: str = "", id_: str | None = None
    ) -> Segment:
        """Store a new segment, under an id of its own choice if a file brings one.

        Raises:
            InvalidInputError: the name or the tree cannot be used, or it refers to itself.
            NotFoundError: it refers to a segment that does not exist.
            ConflictError: the id is taken.
        """
        segment = Segment(
            id=id_ or self._ids.new_id("seg"),
            version=1,
            name=name,
            description=description,
            definition=definition,
            updated_at=self._clock.now(),
        )
        self._check(segment)

        def work(connection: Connection) -> None:
            if repository.find(connection, self._workspace_id, segment.id):
                raise ConflictError(f"there is a segment {segment.id!r} already")
            repository.add(connection, self._workspace_id, segment)

        self._state.write(work)
        return segment

    def update(
        self,
        segment_id: str,
        *,
        name: str | None = None,
        description: str | None = None,
        definition: Condition | None = None,
        version: int | None = None,
    ) -> Segment:
        """Store the next version; what is not given stays.

        Args:
            segment_id: which one.
            name: new name.
            description: new description.
            definition: new tree.
            version: the version that was edited; refused if there is a newer one.

        Raises:
            NotFoundError: there is no such segment, or the tree refers to none.
            ConflictError: somebody else changed it meanwhile.
            InvalidInputError: as `create`.
        """
        old = self.get(segment_id)
        if version is not None and version != old.version:
            raise ConflictError(f"segment {segment_id!r} is at version {old.version} by now")
        segment = msgspec.structs.replace(
            old,
            version=old.version + 1,
            name=old.name if name is None else name,
            description=old.description if description is None else description,
            definition=old.definition if definition is None else definition,
            updated_at=self._clock.now(),
        )
        self._check(segment)

        def work(connection: Connection) -> None:
            if not repository.replace(connection, self._workspace_id, segment):
                raise ConflictError(f"segment {segment_id!r} was changed meanwhile")

        self._state.write(work)
        return segment

    def get(self, segment_id: str) -> Segment:
        """Return a stored segment.

        Raises:
            NotFoundError: there is no such segment.
        """
        with self._state.read() as connection:
            found = repository.find(connection, self._workspace_id, segment_id)
        if found is None:
            raise NotFoundError(f"there is no segment {segment_id!r}")
        return found

    def list_all(self) -> list[Segment]:
        """Return the stored segments by name."""
        with self._state.read() as connection:
            return repository.list_all(connection, self._workspace_id)

    def evaluate(
        self, segment_id: str, as_of: datetime | None = None, known_at: datetime | None = None
    ) -> Evaluation:
        """Return who belongs to a stored or built-in segment.

        Raises:
            NotFoundError: there is no such segment.
        """
        return self._engine.evaluate(InSegment(segment_id), as_of, known_at)

    def explain(
        self,
        definition: Condition,
        person: Person,
        as_of: datetime | None = None,
        known_at: datetime | None = None,
    ) -> list[Explained]:
        """Say of every condition whether it holds for the person, outer before inner."""
        moment = self._engine.moment(as_of, known_at)
        return list(self._explain(definition, person, moment))

    def _explain(
        self, definition: Condition, person: Person, moment: Moment
    ) -> Iterator[Explained]:
        base = self._engine.base_values(definition, moment)
        view = View(person, moment)
        is_known = bool(view.events)
        for path, condition in walk(definition):
            is_true = is_known and belongs(condition, view, base)
            yield Explained(path, condition, is_true, see(condition, view, base))

    def _check(self, segment: Segment) -> None:
        if not 0 < len(segment.name.strip()) <= MAX_NAME:
            raise InvalidInputError(f"a segment's name has 1 to {MAX_NAME} characters")
        if len(segment.description) > MAX_DESCRIPTION:
            raise InvalidInputError(f"a description has at most {MAX_DESCRIPTION} characters")
        if not _ID.fullmatch(segment.id):
            raise InvalidInputError(f"not an id of a segment: {segment.id!r}")
        checked(segment.definition)
        self._refuse_circles(segment)

    def _refuse_circles(self, segment: Segment) -> None:
        definitions = SegmentDefinitions(self._state, workspace_id=self._workspace_id)
        seen: set[str] = set()
        waiting = [segment.definition]
        while waiting:
            for _, node in walk(waiting.pop()):
                if not isinstance(node, InSegment) or node.segment in seen:
                    continue
                if node.segment == segment.id:
                    raise InvalidInputError(
                        f"segment {segment.id!r} would refer to itself",
                        hint="Remove the reference that leads back to it.",
                    )
                seen.add(node.segment)
                waiting.append(definitions.definition(node.segment))
