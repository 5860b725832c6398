"""Every query on attributes, plans and violations in the state store."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table, and_, bindparam, delete, func, insert, select, update

from kikubari.collect.governance._tables import (
    attribute_edits,
    attribute_notes,
    attributes,
    catalogue_states,
    catalogued_events,
    plan_versions,
    plan_violation_samples,
    plan_violations,
)
from kikubari.collect.governance.contracts import (
    AttributeEdit,
    AttributeFigures,
    AttributeKind,
    CatalogueState,
    Classification,
    EventFigures,
    Mode,
    PlanVersion,
    RecordedEdit,
    TrackingPlan,
    ViolationCount,
    ViolationSample,
)
from kikubari.kit.instants import from_micros, to_micros
from kikubari.storage import insert_or_ignore, upsert

AttributeKey = tuple[AttributeKind, str, str]  # kind, event, name
_EPOCH = date(1970, 1, 1)
_ROWS_PER_INSERT = 500

_encode = msgspec.json.Encoder().encode
_read_guess = msgspec.json.Decoder(Classification).decode
_read_figures = msgspec.json.Decoder(AttributeFigures).decode
_read_event = msgspec.json.Decoder(EventFigures).decode
_read_state = msgspec.json.Decoder(CatalogueState).decode
_read_edit = msgspec.json.Decoder(AttributeEdit).decode
_read_plan = msgspec.json.Decoder(TrackingPlan).decode


# The catalogue


def find_version(connection: Connection, workspace_id: int) -> int:
    """Return the catalogue's version, 0 before there is one."""
    version = connection.execute(
        select(catalogue_states.c.version).where(catalogue_states.c.workspace_id == workspace_id)
    ).scalar()
    return version or 0


def find_state(connection: Connection, workspace_id: int) -> CatalogueState | None:
    """Return what the stored catalogue describes, None before the first count."""
    state = connection.execute(
        select(catalogue_states.c.state).where(catalogue_states.c.workspace_id == workspace_id)
    ).scalar()
    return None if state is None else _read_state(state)


def list_attributes(
    connection: Connection, workspace_id: int
) -> dict[AttributeKey, tuple[Classification, AttributeFigures]]:
    """Return guess and figures of every attribute."""
    rows = connection.execute(select(attributes).where(attributes.c.workspace_id == workspace_id))
    return {
        (AttributeKind(row.kind), row.event, row.name): (
            _read_guess(row.guess),
            _read_figures(row.figures),
        )
        for row in rows
    }


def list_notes(connection: Connection, workspace_id: int) -> dict[AttributeKey, AttributeEdit]:
    """Return what people decided about attributes."""
    rows = connection.execute(
        select(attribute_notes).where(attribute_notes.c.workspace_id == workspace_id)
    )
    return {(AttributeKind(row.kind), row.event, row.name): _read_edit(row.note) for row in rows}


def list_events(connection: Connection, workspace_id: int) -> list[EventFigures]:
    """Return figures of every event name."""
    rows = connection.execute(
        select(catalogued_events.c.figures).where(catalogued_events.c.workspace_id == workspace_id)
    )
    return [_read_event(row.figures) for row in rows]


def replace_catalogue(
    connection: Connection,
    workspace_id: int,
    state: CatalogueState,
    events: Iterable[EventFigures],
    counted: Mapping[AttributeKey, tuple[Classification, AttributeFigures]],
) -> None:
    """Put what was counted in the place of what was there."""
    for table in (attributes, catalogued_events):
        connection.execute(delete(table).where(table.c.workspace_id == workspace_id))
    _insert_all(
        connection,
        catalogued_events,
        [
            {"workspace_id": workspace_id, "name": one.name, "figures": _encode(one)}
            for one in events
        ],
    )
    _insert_all(
        connection,
        attributes,
        [
            {**_key_columns(workspace_id, key), "guess": _encode(guess), "figures": _encode(one)}
            for key, (guess, one) in counted.items()
        ],
    )
    _put_state(connection, workspace_id, _encode(state))


def record_edit(
    connection: Connection,
    workspace_id: int,
    key: AttributeKey,
    note: AttributeEdit,
    recorded: RecordedEdit,
) -> None:
    """Store what is decided about an attribute now, and who decided what."""
    columns = _key_columns(workspace_id, key)
    statement = upsert(
        connection, attribute_notes, key=["workspace_id", "kind", "event", "name"], update=["note"]
    )
    connection.execute(statement, {**columns, "note": _encode(note)})
    connection.execute(
        insert(attribute_edits).values(
            **columns,
            at_us=to_micros(recorded.at),
            by=recorded.by,
            edit=_encode(recorded.edit),
        )
    )
    state = connection.execute(
        select(catalogue_states.c.state).where(catalogue_states.c.workspace_id == workspace_id)
    ).scalar()
    _put_state(connection, workspace_id, state)


def list_edits(
    connection: Connection, workspace_id: int, key: AttributeKey, *, limit: int
) -> list[RecordedEdit]:
    """Return an attribute's history, newest first."""
    kind, event, name = key
    table = attribute_edits
    rows = connection.execute(
        select(table)
        .where(
            table.c.workspace_id == workspace_id,
            table.c.kind == kind.value,
            table.c.event == event,
            table.c.name == name,
        )
        .order_by(table.c.id.desc())
        .limit(limit)
    )
    return [
        RecordedEdit(at=from_micros(row.at_us), by=row.by, edit=_read_edit(row.edit))
        for row in rows
    ]


def _put_state(connection: Connection, workspace_id: int, state: bytes | None) -> None:
    statement = upsert(
        connection, catalogue_states, key=["workspace_id"], update=["version", "state"]
    )
    version = find_version(connection, workspace_id) + 1
    connection.execute(
        statement, {"workspace_id": workspace_id, "version": version, "state": state}
    )


def _key_columns(workspace_id: int, key: AttributeKey) -> dict[str, Any]:
    kind, event, name = key
    return {"workspace_id": workspace_id, "kind": kind.value, "event": event, "name": name}


def _insert_all(connection: Connection, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    for start in range(0, len(rows), _ROWS_PER_INSERT):
        connection.execute(insert(table), rows[start : start + _ROWS_PER_INSERT])


# Plans


def find_plan(
    connection: Connection, workspace_id: int, version: int | None = None
) -> PlanVersion | None:
    """Return a version of the plan, the newest unless one is named."""
    query = select(plan_versions).where(plan_versions.c.workspace_id == workspace_id)
    if version is not None:
        query = query.where(plan_versions.c.version == version)
    row = connection.execute(query.order_by(plan_versions.c.version.desc()).limit(1)).first()
    return None if row is None else _plan_version(row)


def find_plan_number(connection: Connection, workspace_id: int) -> int:
    """Return the newest version's number, 0 if there is none."""
    number = connection.execute(
        select(func.max(plan_versions.c.version)).where(
            plan_versions.c.workspace_id == workspace_id
        )
    ).scalar()
    return number or 0


def list_plans(
    connection: Connection, workspace_id: int, *, before: int | None, limit: int
) -> list[PlanVersion]:
    """Return versions of the plan, newest first."""
    query = select(plan_versions).where(plan_versions.c.workspace_id == workspace_id)
    if before is not None:
        query = query.where(plan_versions.c.version < before)
    rows = connection.execute(query.order_by(plan_versions.c.version.desc()).limit(limit))
    return [_plan_version(row) for row in rows]


def insert_plan(connection: Connection, workspace_id: int, version: PlanVersion) -> None:
    """Store a new version."""
    connection.execute(
        insert(plan_versions).values(
            workspace_id=workspace_id,
            version=version.version,
            at_us=to_micros(version.at),
            by=version.by,
            note=version.note,
            plan=_encode(version.plan),
        )
    )


def _plan_version(row: Row[Any]) -> PlanVersion:
    return PlanVersion(
        version=row.version,
        at=from_micros(row.at_us),
        by=row.by,
        note=row.note,
        plan=_read_plan(row.plan),
    )


# Violations


def add_violations(
    connection: Connection, workspace_id: int, counts: Sequence[ViolationCount]
) -> None:
    """Add to the counts of rules broken."""
    table = plan_violations
    rows = [
        {
            "workspace_id": workspace_id,
            "day": (one.on - _EPOCH).days,
            "source_id": one.source_id,
            "subject": one.subject,
            "path": one.path,
            "code": one.code,
            "mode": one.mode.value,
            "n": 0,
            "last_us": 0,
        }
        for one in counts
    ]
    connection.execute(insert_or_ignore(connection, table), rows)
    key = list(table.primary_key)
    addition = (
        update(table)
        .where(and_(*(column == bindparam(f"of_{column.name}") for column in key)))
        .values(n=table.c.n + bindparam("more"), last_us=bindparam("at"))
    )
    connection.execute(
        addition,
        [
            {f"of_{column.name}": row[column.name] for column in key}
            | {"more": one.n, "at": to_micros(one.last_at)}
            for row, one in zip(rows, counts, strict=True)
        ],
    )


def insert_samples(
    connection: Connection, workspace_id: int, samples: Sequence[ViolationSample], *, keep: int
) -> None:
    """Store samples, and forget all but the newest `keep`."""
    rows = [
        {
            "workspace_id": workspace_id,
            "at_us": to_micros(one.at),
            "source_id": one.source_id,
            "subject": one.subject,
            "path": one.path,
            "code": one.code,
            "mode": one.mode.value,
            "expected": one.expected,
            "found": one.found,
            "message_id": one.message_id,
        }
        for one in samples
    ]
    table = plan_violation_samples
    connection.execute(insert(table), rows)
    newest = select(func.max(table.c.id)).scalar_subquery()
    connection.execute(delete(table).where(table.c.id <= newest - keep))


def list_violations(
    connection: Connection,
    workspace_id: int,
    *,
    since: date,
    subject: str | None,
    source_id: int | None,
) -> list[ViolationCount]:
    """Return counts from a day on, the latest day first."""
    table = plan_violations
    conditions = [table.c.workspace_id == workspace_id, table.c.day >= (since - _EPOCH).days]
    if subject is not None:
        conditions.append(table.c.subject == subject)
    if source_id is not None:
        conditions.append(table.c.source_id == source_id)
    rows = connection.execute(
        select(table).where(and_(*conditions)).order_by(table.c.day.desc(), table.c.n.desc())
    )
    return [
        ViolationCount(
            on=_EPOCH + timedelta(days=row.day),
            source_id=row.source_id,
            subject=row.subject,
            path=row.path,
            code=row.code,
            mode=Mode(row.mode),
            n=row.n,
            last_at=from_micros(row.last_us),
        )
        for row in rows
    ]


def delete_violations(connection: Connection, workspace_id: int, *, before: date) -> None:
    """Forget counts of days long past."""
    connection.execute(
        delete(plan_violations).where(
            plan_violations.c.workspace_id == workspace_id,
            plan_violations.c.day < (before - _EPOCH).days,
        )
    )


def list_samples(
    connection: Connection,
    workspace_id: int,
    *,
    subject: str | None,
    path: str | None,
    code: str | None,
    source_id: int | None,
    before_id: int | None,
    limit: int,
) -> list[ViolationSample]:
    """Return samples, newest first."""
    table = plan_violation_samples
    wanted = {"subject": subject, "path": path, "code": code, "source_id": source_id}
    conditions = [table.c.workspace_id == workspace_id]
    conditions += [table.c[name] == value for name, value in wanted.items() if value is not None]
    if before_id is not None:
        conditions.append(table.c.id < before_id)
    rows = connection.execute(
        select(table).where(and_(*conditions)).order_by(table.c.id.desc()).limit(limit)
    )
    return [
        ViolationSample(
            id=row.id,
            at=from_micros(row.at_us),
            source_id=row.source_id,
            subject=row.subject,
            path=row.path,
            code=row.code,
            mode=Mode(row.mode),
            expected=row.expected,
            found=row.found,
            message_id=row.message_id,
        )
        for row in rows
    ]
