"""The catalogue of attributes: counted in the background, answered from memory."""

import threading
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from kikubari.collect.governance import _discovery as discovery
from kikubari.collect.governance import _repository as repository
from kikubari.collect.governance._repository import AttributeKey
from kikubari.collect.governance.classification import classify_name
from kikubari.collect.governance.contracts import (
    Attribute,
    AttributeEdit,
    AttributeFigures,
    AttributeKind,
    CatalogueState,
    ClassBasis,
    Classification,
    EventFigures,
    RecordedEdit,
)
from kikubari.collect.governance.estimates import (
    Counted,
    Decide,
    estimate_properties,
    estimate_traits,
    event_figures,
    lately,
    shown_values,
    step_for,
)
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError, NotFoundError
from kikubari.storage import ColumnarStore, Priority, StateStore

# Events of one name whose properties are read, of the earlier ones and of those of the last days:
# a fill rate is then known to within 0.7 percentage points at worst.
EVENTS_READ = 20_000
ALL_EVENTS_READ = 2_000_000
PROFILES_READ = 100_000
LATELY_DAYS = 7
# Counting takes at most this share of one core, and the catalogue is at most this old.
_SHARE = 50
_SOONEST = timedelta(minutes=1)
_LATEST = timedelta(hours=6)
MAX_TEXT_CHARS = 1_000
MAX_NAME_CHARS = 500


class CopyProgress(Protocol):
    """Says how far the columnar copy is."""

    def copied_position(self) -> int:
        """Return the last position of the log that the copy holds."""
        ...


class _Snapshot(msgspec.Struct, frozen=True):
    """The stored catalogue in memory."""

    version: int
    state: CatalogueState | None
    counted: Mapping[AttributeKey, tuple[Classification, AttributeFigures]]
    notes: Mapping[AttributeKey, AttributeEdit]
    events: Sequence[EventFigures]


class AttributeCatalogue:
    """What attributes there are, how they are filled, and how carefully to treat them.

    Args:
        store: state store that keeps what was counted and decided.
        columnar: the copy that is counted.
        progress: says how far the copy is.
        clock: dates counts and edits.
        seconds: measures how long a count takes.
    """

    def __init__(
        self,
        store: StateStore,
        columnar: ColumnarStore,
        progress: CopyProgress,
        clock: Clock,
        *,
        seconds: Callable[[], float] = time.perf_counter,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._columnar = columnar
        self._progress = progress
        self._clock = clock
        self._seconds = seconds
        self._workspace_id = workspace_id
        self._snapshot: _Snapshot | None = None
        self._counting = threading.Lock()

    # Asking

    def state(self) -> CatalogueState | None:
        """Return what the stored catalogue describes, None before the first count."""
        return self._current().state

    def list_attributes(self) -> list[Attribute]:
        """Return every attribute: traits, then properties by event; the fullest first."""
        snapshot = self._current()
        found = [self._attribute(snapshot, key) for key in snapshot.counted]
        return sorted(
            found,
            key=lambda one: (
                one.kind is not AttributeKind.TRAIT,
                one.event,
                -one.figures.fill_rate,
                one.name,
            ),
        )

    def get(self, kind: AttributeKind, event: str, name: str) -> Attribute:
        """Return one attribute.

        Raises:
            NotFoundError: it was not seen.
        """
        snapshot = self._current()
        if (kind, event, name) not in snapshot.counted:
            raise NotFoundError(
                f"no {kind.value} '{name}'" + (f" of '{event}'" if event else ""),
                hint="An attribute is listed some minutes after it was seen first.",
            )
        return self._attribute(snapshot, (kind, event, name))

    def find(self, name: str, *, event: str = "") -> Classification:
        """Return the classes of a trait; with `event`, of that event's property.

        What somebody decided comes first, then what names and values gave away, then the name
        alone: an answer needs no data.
        """
        kind = AttributeKind.PROPERTY if event else AttributeKind.TRAIT
        snapshot = self._current()
        return self._classification(snapshot, (kind, event, name))

    def list_events(self) -> list[EventFigures]:
        """Return every event name with its volume, the most frequent first."""
        return sorted(self._current().events, key=lambda one: (-one.n, one.name))

    def list_edits(
        self, kind: AttributeKind, event: str, name: str, *, limit: int = 50
    ) -> list[RecordedEdit]:
        """Return who decided what about an attribute, newest first."""
        with self._store.read() as connection:
            return repository.list_edits(
                connection, self._workspace_id, (kind, event, name), limit=limit
            )

    # Deciding

    def edit(
        self, kind: AttributeKind, event: str, name: str, edit: AttributeEdit, *, by: str
    ) -> Classification:
        """Record what somebody decides about an attribute, also one not seen yet.

        Raises:
            InvalidInputError: a name or text is missing or too long.
        """
        _check_edit(kind, event, name, edit)
        key = (kind, event, name)
        recorded = RecordedEdit(at=self._clock.now(), by=by, edit=edit)

        def work(connection: Connection) -> None:
            notes = repository.list_notes(connection, self._workspace_id)
            note = _merge(notes.get(key, AttributeEdit()), edit)
            repository.record_edit(connection, self._workspace_id, key, note, recorded)

        self._store.write(work)
        return self.find(name, event=event)

    # Counting

    def refresh_if_due(self) -> bool:
        """Count anew if the copy has moved on and the last count was cheap or long ago enough."""
        state = self.state()
        if state is not None:
            cost = timedelta(seconds=state.seconds * _SHARE)
            pause = min(_LATEST, max(_SOONEST, cost))
            if self._clock.now() < state.taken_at + pause:
                return False
        if self._progress.copied_position() == (state.position if state else 0):
            return False
        self.refresh()
        return True

    def recount(self) -> None:
        """Count again what was counted: its values may be those of somebody who is forgotten."""
        if self.state() is not None:
            self.refresh()

    def refresh(self) -> CatalogueState:
        """Count anew and store the result."""
        with self._counting:
            began = self._seconds()
            taken_at = self._clock.now()
            position = self._progress.copied_position()
            decide = self._decisions()
            events, n_read, counted = self._count_properties(position, taken_at, decide)
            n_profiles, n_profiles_read, traits = self._count_traits(position, decide)
            counted |= traits
            state = CatalogueState(
                taken_at=taken_at,
                position=position,
                seconds=round(self._seconds() - began, 3),
                n_events=sum(one.n for one in events),
                n_events_read=n_read,
                n_profiles=n_profiles,
                n_profiles_read=n_profiles_read,
            )
            self._store.write(
                lambda c: repository.replace_catalogue(
                    c, self._workspace_id, state, events, counted
                ),
                priority=Priority.BACKGROUND,
            )
            return state

    def _decisions(self) -> Decide:
        with self._store.read() as connection:
            notes = repository.list_notes(connection, self._workspace_id)
        return lambda key, guess: _decided(guess, notes.get(key))

    def _count_properties(
        self, position: int, at: datetime, decide: Decide
    ) -> tuple[list[EventFigures], int, Counted]:
        where = (self._columnar, self._workspace_id, position)
        since = lately(at, LATELY_DAYS)
        counts = {one.name: one for one in discovery.count_events(*where, since)}
        wanted = min(EVENTS_READ, ALL_EVENTS_READ // max(1, 2 * len(counts)))
        steps = {
            name: (step_for(one.n_earlier, wanted), step_for(one.n_lately, wanted))
            for name, one in counts.items()
        }
        found = discovery.read_properties(*where, since, steps)
        n_read = sum(one.n_read_earlier + one.n_read_lately for one in found if not one.path)
        events = event_figures(counts.values(), discovery.count_event_days(*where))
        return events, n_read, estimate_properties(found, counts, steps, decide)

    def _count_traits(self, position: int, decide: Decide) -> tuple[int, int, Counted]:
        where = (self._columnar, self._workspace_id, position)
        n_profiles = discovery.count_profiles(*where)
        step = step_for(n_profiles, PROFILES_READ)
        statements = discovery.read_statements(*where, step)
        n_read, traits = discovery.read_traits(*where, step)
        if step == 1:
            n_profiles = n_read
        figures = estimate_traits(
            traits, statements, n_profiles=n_profiles, n_read=n_read, step=step, decide=decide
        )
        return n_profiles, n_read, figures

    # The catalogue in memory

    def _current(self) -> _Snapshot:
        """Return the stored catalogue, read again only when its version has moved."""
        snapshot = self._snapshot
        with self._store.read() as connection:
            version = repository.find_version(connection, self._workspace_id)
            if snapshot is not None and snapshot.version == version:
                return snapshot
            snapshot = _Snapshot(
                version,
                repository.find_state(connection, self._workspace_id),
                repository.list_attributes(connection, self._workspace_id),
                repository.list_notes(connection, self._workspace_id),
                repository.list_events(connection, self._workspace_id),
            )
        self._snapshot = snapshot
        return snapshot

    def _attribute(self, snapshot: _Snapshot, key: AttributeKey) -> Attribute:
        kind, event, name = key
        figures = snapshot.counted[key][1]
        note = snapshot.notes.get(key, AttributeEdit())
        classification = self._classification(snapshot, key)
        return Attribute(
            kind=kind,
            event=event,
            name=name,
            classification=classification,
            description=note.description or "",
            owner=note.owner or "",
            has_type_drift=figures.has_type_drift,
            figures=msgspec.structs.replace(
                figures, values=shown_values(figures.values, classification)
            ),
        )

    def _classification(self, snapshot: _Snapshot, key: AttributeKey) -> Classification:
        kind, _, name = key
        counted = snapshot.counted.get(key)
        guess = counted[0] if counted else classify_name(name, kind)
        return _decided(guess, snapshot.notes.get(key))


def _decided(guess: Classification, note: AttributeEdit | None) -> Classification:
    """Return the classes that count: what somebody decided before what was guessed."""
    if note is None or (note.pii, note.sensitivity, note.is_proxy) == (None, None, None):
        return guess
    return Classification(
        pii=guess.pii if note.pii is None else note.pii,
        sensitivity=guess.sensitivity if note.sensitivity is None else note.sensitivity,
        is_proxy=guess.is_proxy if note.is_proxy is None else note.is_proxy,
        basis=ClassBasis.EDITED,
    )


def _merge(note: AttributeEdit, edit: AttributeEdit) -> AttributeEdit:
    """Return a note with the fields that an edit sets."""
    set_fields = {
        name: value for name, value in msgspec.structs.asdict(edit).items() if value is not None
    }
    return msgspec.structs.replace(note, **set_fields)


def _check_edit(kind: AttributeKind, event: str, name: str, edit: AttributeEdit) -> None:
    if not 0 < len(name) <= MAX_NAME_CHARS or len(event) > MAX_NAME_CHARS:
        raise InvalidInputError(f"an attribute's name has 1 to {MAX_NAME_CHARS} characters")
    if (kind is AttributeKind.PROPERTY) != bool(event):
        raise InvalidInputError("a property is of an event, a trait of none")
    for text in (edit.description, edit.owner):
        if text is not None and len(text) > MAX_TEXT_CHARS:
            raise InvalidInputError(f"a text has at most {MAX_TEXT_CHARS} characters")
