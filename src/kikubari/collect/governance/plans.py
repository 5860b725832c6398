"""Versions of the tracking plan: apply, go back, try on what came in lately."""

from collections import Counter

import msgspec
from sqlalchemy import Connection

from kikubari.collect.governance import _repository as repository
from kikubari.collect.governance.compiled_plan import CompiledPlan, heaviest
from kikubari.collect.governance.contracts import Mode, PlanVersion, TrackingPlan
from kikubari.collect.governance.enforcement import PlanGate
from kikubari.collect.governance.schemas import InvalidPlanError
from kikubari.events import EventLog
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Trust
from kikubari.spec.errors import ConflictError, NotFoundError
from kikubari.storage import StateStore

MAX_PLAN_BYTES = 1024 * 1024
MAX_NOTE_CHARS = 500
_TRIED_EVENTS = 2_000
_NO_ONE = ""

_read_plan = msgspec.json.Decoder(TrackingPlan).decode


class PlanChangedError(ConflictError):
    """Somebody applied another plan in the meantime."""

    code = "plan_changed"


class TriedFault(msgspec.Struct, frozen=True):
    """One way in which recent events would have broken a plan."""

    subject: str
    path: str
    code: str
    expected: str
    mode: Mode
    n: int


class Trial(msgspec.Struct, frozen=True):
    """What a plan would have made of the newest events of the log."""

    n_events: int
    n_flagged: int
    n_blocked: int
    faults: list[TriedFault]  # the most frequent first


class TrackingPlans:
    """The plan in force and all before it.

    Args:
        store: state store that holds the versions.
        gate: puts a plan in force in this process.
        clock: dates versions.
        log: gives recent events to try a plan on.
    """

    def __init__(
        self,
        store: StateStore,
        gate: PlanGate,
        clock: Clock,
        log: EventLog,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._gate = gate
        self._clock = clock
        self._log = log
        self._workspace_id = workspace_id
        self._in_force = 0

    def current(self) -> PlanVersion:
        """Return the newest version; version 0, which asks for nothing, if there is none."""
        with self._store.read() as connection:
            found = repository.find_plan(connection, self._workspace_id)
        if found is not None:
            return found
        return PlanVersion(
            version=0, at=self._clock.now(), by=_NO_ONE, note="", plan=TrackingPlan()
        )

    def get(self, version: int) -> PlanVersion:
        """Return one version.

        Raises:
            NotFoundError: there is none of that number.
        """
        with self._store.read() as connection:
            found = repository.find_plan(connection, self._workspace_id, version)
        if found is None:
            raise NotFoundError(f"the tracking plan has no version {version}")
        return found

    def list_versions(self, *, before: int | None = None, limit: int = 50) -> list[PlanVersion]:
        """Return versions, newest first; `before` continues a listing."""
        with self._store.read() as connection:
            return repository.list_plans(connection, self._workspace_id, before=before, limit=limit)

    def apply(
        self, plan: TrackingPlan, *, by: str, note: str = "", expected_version: int | None = None
    ) -> PlanVersion:
        """Put a plan in force: in this process at once, in others within seconds.

        A plan equal to the one in force makes no new version.

        Args:
            plan: the whole plan.
            by: who decides.
            note: why.
            expected_version: the version the change was made on.

        Raises:
            InvalidPlanError: the plan cannot be used.
            PlanChangedError: `expected_version` is not the newest any more.
        """
        if len(note) > MAX_NOTE_CHARS:
            raise InvalidPlanError(f"a note has at most {MAX_NOTE_CHARS} characters")
        if len(msgspec.json.encode(plan)) > MAX_PLAN_BYTES:
            raise InvalidPlanError(f"a plan has at most {MAX_PLAN_BYTES // 1024} KB")
        compiled = CompiledPlan(plan)
        at = self._clock.now()

        def work(connection: Connection) -> PlanVersion:
            newest = repository.find_plan(connection, self._workspace_id)
            number = newest.version if newest else 0
            if expected_version is not None and expected_version != number:
                raise PlanChangedError(
                    f"the plan is at version {number} by now, the change was made on"
                    f" {expected_version}",
                    hint="Look at the newest version and make the change there.",
                )
            if newest is not None and newest.plan == plan:
                return newest
            version = PlanVersion(version=number + 1, at=at, by=by, note=note, plan=plan)
            repository.insert_plan(connection, self._workspace_id, version)
            return version

        applied = self._store.write(work)
        self._put_in_force(applied.version, compiled)
        return applied

    def refresh(self) -> None:
        """Put the newest version in force if it is not: another process may have applied it."""
        with self._store.read() as connection:
            number = repository.find_plan_number(connection, self._workspace_id)
        if number > self._in_force:
            newest = self.current()
            self._put_in_force(newest.version, CompiledPlan(newest.plan))

    def attempt(self, plan: TrackingPlan) -> Trial:
        """Say what a plan would have made of the newest events, without applying it.

        Raises:
            InvalidPlanError: the plan cannot be used.
        """
        compiled = CompiledPlan(plan)
        position = self._log.position()
        events = self._log.read_range(max(1, position - _TRIED_EVENTS + 1), position)
        n_by_mode: Counter[Mode] = Counter()
        n_by_fault: Counter[TriedFault] = Counter()
        for item in events:
            if item.event.trust is Trust.INTERNAL:
                continue  # what this product records passes no gate
            faults = compiled.find_faults(item.event)
            if faults:
                n_by_mode[heaviest(faults).mode] += 1
                n_by_fault.update(
                    TriedFault(one.subject, one.path, one.code, one.expected, one.mode, 0)
                    for one in faults
                )
        return Trial(
            len(events),
            n_by_mode[Mode.FLAG],
            n_by_mode[Mode.BLOCK],
            [msgspec.structs.replace(one, n=n) for one, n in n_by_fault.most_common(200)],
        )

    def _put_in_force(self, version: int, plan: CompiledPlan) -> None:
        # Two threads may apply at once: the later version stays.
        if version >= self._in_force:
            self._gate.use(plan)
            self._in_force = version


def read_plan(text: bytes) -> TrackingPlan:
    """Read a plan from a file's JSON.

    Raises:
        InvalidPlanError: it is not one; the message says where.
    """
    try:
        return _read_plan(text)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise InvalidPlanError(f"not a tracking plan: {error}") from error
