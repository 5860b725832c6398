"""A second pair of eyes: what one member asks for and another approves or declines."""

from datetime import timedelta
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Select, insert, select, update

from kikubari.access._tables import approval_policies, approvals
from kikubari.access.audit import AuditLog
from kikubari.access.contracts import (
    Actor,
    Approval,
    ApprovalPolicy,
    ApprovalReason,
    ApprovalState,
    Principal,
    Wish,
)
from kikubari.kit.clock import Clock
from kikubari.kit.ids import IdFactory
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, ForbiddenError, NotFoundError
from kikubari.storage import StateStore, upsert

# An audience moves while somebody looks at it: so much of it may.
_TOLERANCE = 0.1


class Approvals:
    """Asks, answers and spends approvals. Everything is in the audit log.

    Args:
        store: state store.
        clock: tells when.
        ids: names approvals.
        audit: where each step is written down.
    """

    def __init__(self, store: StateStore, clock: Clock, ids: IdFactory, audit: AuditLog) -> None:
        self._store = store
        self._clock = clock
        self._ids = ids
        self._audit = audit

    def policy(self) -> ApprovalPolicy:
        """Return when a second member is needed."""
        with self._store.read() as connection:
            row = connection.execute(
                select(approval_policies).where(
                    approval_policies.c.workspace_id == DEFAULT_WORKSPACE
                )
            ).one_or_none()
        if row is None:
            return ApprovalPolicy()
        return ApprovalPolicy(
            over_people=row.over_people,
            on_guard=row.on_guard,
            on_unchecked=row.on_unchecked,
            valid_hours=row.valid_hours,
        )

    def change_policy(self, policy: ApprovalPolicy, by: Actor) -> ApprovalPolicy:
        """Say when a second member is needed, from now on."""
        values = msgspec.structs.asdict(policy)

        def work(connection: Connection) -> None:
            connection.execute(
                upsert(connection, approval_policies, key=["workspace_id"], update=list(values)),
                {"workspace_id": DEFAULT_WORKSPACE, **values},
            )
            detail = ", ".join(f"{name}={value}" for name, value in values.items())
            self._audit.append(connection, by, "approval.policy_changed", detail=detail)

        self._store.write(work)
        return policy

    def is_outgrown(self, n_permitted: int, n_people: int) -> bool:
        """Return whether what may go to some people needs a second member for so many now.

        It does where they are more than a tenth more, and more than one member may write to.
        """
        over = self.policy().over_people
        is_more = n_people > n_permitted * (1 + _TOLERANCE)
        return over is not None and n_people > over and is_more

    def ask(self, wish: Wish, principal: Principal, by: Actor) -> Approval:
        """Ask for a second member; the same wish of the same person keeps its approval.

        What waited for the same target before is replaced.
        """
        return self.ask_for(wish, principal.identity, by)

    def ask_for(self, wish: Wish, asker: str, by: Actor) -> Approval:
        """Ask for a second member in the name of a first, who is not here; see `ask`."""
        now = self._clock.now()
        valid = timedelta(hours=self.policy().valid_hours)

        def work(connection: Connection) -> str:
            rows = connection.execute(_of(wish.action, wish.target, ApprovalState.WAITING)).all()
            for row in rows:
                is_same = row.asker == asker and row.expires_us > to_micros(now)
                if is_same and _covers(row, wish):
                    return str(row.id)
            connection.execute(
                update(approvals)
                .where(
                    approvals.c.workspace_id == DEFAULT_WORKSPACE,
                    approvals.c.id.in_([row.id for row in rows]),
                )
                .values(state=ApprovalState.REPLACED)
            )
            approval_id = self._ids.new_id("apr")
            values = msgspec.structs.asdict(wish) | {"reasons": " ".join(wish.reasons)}
            connection.execute(
                insert(approvals),
                values
                | {
                    "workspace_id": DEFAULT_WORKSPACE,
                    "id": approval_id,
                    "asker": asker,
                    "asked_by": by.name,
                    "asked_us": to_micros(now),
                    "expires_us": to_micros(now + valid),
                    "state": ApprovalState.WAITING,
                    "decided_by": "",
                    "decided_us": None,
                    "answer": "",
                },
            )
            detail = f"{approval_id}: version {wish.version} to {wish.n_people}"
            self._audit.append(connection, by, "approval.asked", wish.target, detail)
            return approval_id

        return self.get(self._store.write(work))

    def get(self, approval_id: str) -> Approval:
        """Return an approval.

        Raises:
            NotFoundError: no such approval.
        """
        with self._store.read() as connection:
            return self._view(_find(connection, approval_id))

    def list_approvals(
        self, *, target: str = "", is_waiting: bool = False, limit: int = 100
    ) -> list[Approval]:
        """Return approvals, newest first: of one target, or those somebody has to answer."""
        query = _own().order_by(approvals.c.asked_us.desc(), approvals.c.id).limit(limit)
        if target:
            query = query.where(approvals.c.target == target)
        if is_waiting:
            query = query.where(
                approvals.c.state == ApprovalState.WAITING,
                approvals.c.expires_us > to_micros(self._clock.now()),
            )
        with self._store.read() as connection:
            return [self._view(row) for row in connection.execute(query)]

    def decide(
        self, approval_id: str, principal: Principal, by: Actor, *, approves: bool, answer: str = ""
    ) -> Approval:
        """Approve or decline what another asked for.

        Raises:
            NotFoundError: no such approval.
            ForbiddenError: by a key, or by who asked.
            ConflictError: it waits no more.
        """
        state = ApprovalState.APPROVED if approves else ApprovalState.DECLINED

        def work(connection: Connection) -> None:
            row = _find(connection, approval_id, locks=True)
            if principal.session is None:
                raise ForbiddenError("a key approves nothing", hint="Log in as a member.")
            if row.asker == principal.identity:
                raise ForbiddenError(
                    "you asked for this yourself", hint="Another member has to answer."
                )
            found = self._view(row)
            if found.state is not ApprovalState.WAITING:
                raise ConflictError(
                    f"approval {approval_id} is {found.state} already", hint="Ask for it again."
                )
            _set(
                connection,
                approval_id,
                state=state,
                decided_by=by.name,
                decided_us=to_micros(self._clock.now()),
                answer=answer,
            )
            detail = f"{approval_id}: {answer}" if answer else approval_id
            self._audit.append(connection, by, f"approval.{state}", row.target, detail)

        self._store.write(work)
        return self.get(approval_id)

    def spend(self, connection: Connection, wish: Wish, by: Actor) -> bool:
        """Use up an approval of a wish, in the transaction that fulfils it; False: there is none.

        It holds for the very version, for at most a tenth more or fewer people, and for no other
        reasons than those it was given in spite of.
        """
        now_us = to_micros(self._clock.now())
        query = _of(wish.action, wish.target, ApprovalState.APPROVED).with_for_update()
        for row in connection.execute(query).all():
            if row.expires_us > now_us and _covers(row, wish):
                _set(connection, row.id, state=ApprovalState.SPENT)
                self._audit.append(connection, by, "approval.spent", wish.target, row.id)
                return True
        return False

    def _view(self, row: Row[Any]) -> Approval:
        state = ApprovalState(row.state)
        is_open = state in {ApprovalState.WAITING, ApprovalState.APPROVED}
        if is_open and row.expires_us <= to_micros(self._clock.now()):
            state = ApprovalState.EXPIRED
        return Approval(
            id=row.id,
            wish=Wish(
                action=row.action,
                target=row.target,
                version=row.version,
                n_people=row.n_people,
                reasons=tuple(ApprovalReason(one) for one in row.reasons.split()),
                title=row.title,
                note=row.note,
            ),
            state=state,
            asked_by=row.asked_by,
            asked_at=from_micros(row.asked_us),
            expires_at=from_micros(row.expires_us),
            decided_by=row.decided_by,
            decided_at=from_micros(row.decided_us) if row.decided_us is not None else None,
            answer=row.answer,
        )


def _covers(row: Row[Any], wish: Wish) -> bool:
    return (
        row.version == wish.version
        and abs(wish.n_people - row.n_people) <= _TOLERANCE * row.n_people
        and {str(one) for one in wish.reasons} <= set(row.reasons.split())
        and row.note == wish.note
    )


def _own() -> Select[Any]:
    return select(approvals).where(approvals.c.workspace_id == DEFAULT_WORKSPACE)


def _of(action: str, target: str, state: ApprovalState) -> Select[Any]:
    return _own().where(
        approvals.c.action == action, approvals.c.target == target, approvals.c.state == state
    )


def _find(connection: Connection, approval_id: str, *, locks: bool = False) -> Row[Any]:
    query = _own().where(approvals.c.id == approval_id)
    row = connection.execute(query.with_for_update() if locks else query).one_or_none()
    if row is None:
        raise NotFoundError(f"no approval {approval_id}")
    return row


def _set(connection: Connection, approval_id: str, **values: Any) -> None:
    connection.execute(
        update(approvals)
        .where(approvals.c.workspace_id == DEFAULT_WORKSPACE, approvals.c.id == approval_id)
        .values(**values)
    )
