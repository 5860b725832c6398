"""The plan in the tracking path: judge each message, count what breaks a rule, keep samples."""

import threading
from collections import Counter
from concurrent.futures import Future
from datetime import date, datetime, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection

from kikubari.collect.contracts import Rejection, Source
from kikubari.collect.governance import _repository as repository
from kikubari.collect.governance.classification import BuiltInClasses, is_personal_text
from kikubari.collect.governance.compiled_plan import (
    TRAITS,
    UNKNOWN_EVENT,
    UNKNOWN_PROPERTY,
    CompiledPlan,
    Fault,
    heaviest,
)
from kikubari.collect.governance.contracts import (
    AttributeClasses,
    Mode,
    PiiClass,
    Sensitivity,
    ViolationCount,
    ViolationSample,
)
from kikubari.spec.envelope import DEFAULT_WORKSPACE, Event
from kikubari.storage import Priority, StateStore

# Names nobody planned are the sender's to choose. Beyond this many kinds of faults a day and
# process, further ones are counted together.
MAX_KINDS_PER_DAY = 2_000
OTHER = "(other)"
SAMPLES_PER_KIND = 5  # a process and hour
KEPT_SAMPLES = 20_000
KEPT_DAYS = 400
_MAX_TEXT = 40  # longer texts are somebody's own words
_REFUSALS = {UNKNOWN_EVENT: "unplanned_event"}

_Kind = tuple[str, str, str, Mode]  # subject, path, code, mode


class Violations:
    """Counts and samples of broken rules.

    Args:
        store: where they are kept; the intake store, so that they are counted in the same commit
            as the batch they came with.
        classes: says which values may be shown.
    """

    def __init__(
        self,
        store: StateStore,
        *,
        classes: AttributeClasses | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._classes = classes or BuiltInClasses()
        self._workspace_id = workspace_id
        self._lock = threading.Lock()
        self._day = date.min
        self._hour = -1
        self._kinds: set[tuple[str, str, str]] = set()
        self._sampled: Counter[tuple[int, _Kind]] = Counter()

    def record(
        self, source_id: int, at: datetime, found: list[tuple[str, Fault]]
    ) -> "Future[None]":
        """Store faults, each with its message's id; the future ends after the durable commit."""
        with self._lock:
            self._turn_page(at)
            named = [(message_id, self._named(fault)) for message_id, fault in found]
            samples = [
                self._sample(source_id, at, message_id, fault)
                for message_id, fault in named
                if self._wants_sample(source_id, fault)
            ]
        tally = Counter(_kind(fault) for _, fault in named)
        counts = [
            ViolationCount(
                on=at.date(), source_id=source_id, subject=subject, path=path, code=code,
                mode=mode, n=n, last_at=at,
            )
            for (subject, path, code, mode), n in sorted(tally.items())
        ]  # fmt: skip

        def work(connection: Connection) -> None:
            repository.add_violations(connection, self._workspace_id, counts)
            if samples:
                repository.insert_samples(
                    connection, self._workspace_id, samples, keep=KEPT_SAMPLES
                )

        return self._store.submit(work, priority=Priority.INTAKE)

    def list_counts(
        self, *, since: date, subject: str | None = None, source_id: int | None = None
    ) -> list[ViolationCount]:
        """Return counts per day, source and rule, the latest day first."""
        with self._store.read() as connection:
            return repository.list_violations(
                connection, self._workspace_id, since=since, subject=subject, source_id=source_id
            )

    def list_samples(
        self,
        *,
        subject: str | None = None,
        path: str | None = None,
        code: str | None = None,
        source_id: int | None = None,
        before_id: int | None = None,
        limit: int = 50,
    ) -> list[ViolationSample]:
        """Return samples, newest first; `before_id` continues a listing."""
        with self._store.read() as connection:
            return repository.list_samples(
                connection, self._workspace_id, subject=subject, path=path, code=code,
                source_id=source_id, before_id=before_id, limit=limit,
            )  # fmt: skip

    def forget_old(self, today: date) -> None:
        """Forget counts older than `KEPT_DAYS`."""
        before = today - timedelta(days=KEPT_DAYS)
        self._store.write(
            lambda c: repository.delete_violations(c, self._workspace_id, before=before),
            priority=Priority.BACKGROUND,
        )

    def _turn_page(self, at: datetime) -> None:
        if at.date() != self._day:
            self._day = at.date()
            self._kinds.clear()
        if at.hour != self._hour:
            self._hour = at.hour
            self._sampled.clear()

    def _named(self, fault: Fault) -> Fault:
        """Return the fault, under a common name once there are too many kinds."""
        kind = (fault.subject, fault.path, fault.code)
        if kind in self._kinds:
            return fault
        if len(self._kinds) < MAX_KINDS_PER_DAY:
            self._kinds.add(kind)
            return fault
        if fault.code == UNKNOWN_EVENT:
            return msgspec.structs.replace(fault, subject=OTHER, value=None)
        return msgspec.structs.replace(fault, path=OTHER, value=None)

    def _wants_sample(self, source_id: int, fault: Fault) -> bool:
        key = (source_id, _kind(fault))
        self._sampled[key] += 1
        return self._sampled[key] <= SAMPLES_PER_KIND

    def _sample(
        self, source_id: int, at: datetime, message_id: str, fault: Fault
    ) -> ViolationSample:
        return ViolationSample(
            id=0,
            at=at,
            source_id=source_id,
            subject=fault.subject,
            path=fault.path,
            code=fault.code,
            mode=fault.mode,
            expected=fault.expected,
            found=self._describe(fault),
            message_id="" if is_personal_text(message_id) else message_id,
        )

    def _describe(self, fault: Fault) -> str:
        """Return the value found where it is nobody's secret, else only what kind it is."""
        value = fault.value
        if value is None:
            return ""
        shape = _shape(value)
        if fault.code == UNKNOWN_PROPERTY or isinstance(value, dict | list):
            return shape  # nobody has said yet what it is
        name = fault.path.removeprefix("$.")
        classes = self._classes.find(name, event=fault.subject)
        is_open = classes.pii is PiiClass.NONE and classes.sensitivity is Sensitivity.NONE
        if not is_open:
            return shape
        if isinstance(value, str):
            is_own_words = len(value) > _MAX_TEXT or is_personal_text(value)
            return shape if is_own_words else msgspec.json.encode(value).decode()
        return msgspec.json.encode(value).decode()


class Inspection:
    """The plan's eye on one request: judges its events, then stores what it saw."""

    def __init__(
        self, plan: CompiledPlan, violations: Violations, source: Source, at: datetime
    ) -> None:
        self._find_faults = plan.find_faults
        self._violations = violations
        self._source_id = source.id
        self._at = at
        self._found: list[tuple[str, Fault]] = []

    def judge(self, event: Event) -> Rejection | None:
        """Return why the plan refuses an event, None if it is taken, flagged or not."""
        faults = self._find_faults(event)
        if faults is None:
            return None
        self._found += [(event.message_id, fault) for fault in faults]
        worst = heaviest(faults)
        if worst.mode is not Mode.BLOCK:
            return None
        return _rejection(worst)

    def store(self) -> "Future[None] | None":
        """Store what was seen; the future ends after the durable commit. None if nothing was."""
        if not self._found:
            return None
        return self._violations.record(self._source_id, self._at, self._found)


class PlanGate:
    """Holds the plan that is in force in this process."""

    def __init__(self, violations: Violations) -> None:
        self._violations = violations
        self._plan: CompiledPlan | None = None

    def use(self, plan: CompiledPlan) -> None:
        """Judge every request that begins from now on by this plan."""
        self._plan = None if plan.is_empty else plan

    def begin(self, source: Source, at: datetime) -> Inspection | None:
        """Return the inspection of one request, None while there is nothing to look for."""
        plan = self._plan
        return None if plan is None else Inspection(plan, self._violations, source, at)


def _kind(fault: Fault) -> _Kind:
    return fault.subject, fault.path, fault.code, fault.mode


def _rejection(fault: Fault) -> Rejection:
    code = _REFUSALS.get(fault.code, "plan_violation")
    place = "$.traits" if fault.subject == TRAITS else "$.properties"
    path = "$.event" if fault.code == UNKNOWN_EVENT else place + fault.path[1:]
    what = "traits" if fault.subject == TRAITS else f"'{fault.subject}'"
    if fault.code == UNKNOWN_EVENT:
        reason = f"{what} is not in the tracking plan"
    else:
        reason = f"the tracking plan of {what} says: {fault.expected}"
    return Rejection(code, reason, path)


def _shape(value: Any) -> str:
    match value:
        case bool():
            return "boolean"
        case str():
            return f"text of {len(value)}"
        case list():
            return f"list of {len(value)}"
        case dict():
            return f"object of {len(value)}"
        case _:
            return "number"
