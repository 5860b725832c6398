"""Letters to staff about people: queued by steps, made and handed over behind.

They are no messages to customers: no consent is asked, nothing in them acts on anybody or is
counted, and no person's history tells of them.
"""

import asyncio
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from html import escape
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, select, update

from kikubari.decide.personalise import (
    EmailTemplateSource,
    EmailVariant,
    SandboxError,
    compile_email,
)
from kikubari.deliver import (
    Claimed,
    Composed,
    Composer,
    Dispatch,
    DispatchState,
    Letter,
    Occasions,
    Purpose,
    Recipient,
    Recipients,
    Sender,
    is_sending_held,
    new_trial_id,
    with_facts,
)
from kikubari.journeys.definition import NotifyStep
from kikubari.journeys.running._tables import journey_notice_turns, journey_notices
from kikubari.journeys.running.contracts import Untold
from kikubari.journeys.running.letters import origin_of
from kikubari.journeys.running.program import Program
from kikubari.journeys.running.programs import Programs
from kikubari.journeys.running.travellers import Traveller
from kikubari.kit.clock import Clock
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import KikubariError, UnavailableError
from kikubari.storage import StateStore, insert_or_ignore

# What a mailbox that people read can take from all journeys together.
PER_HOUR = 30
_HOUR = timedelta(hours=1)
_KEPT = timedelta(days=30)
_ATTEMPTS = 8
_FIRST_PAUSE = timedelta(minutes=1)
_BATCH = 20
_NO_DISPATCH = 0
_LIQUID = re.compile(r"(\{\{.*?\}\}|\{%.*?%\})", re.DOTALL)
_N = journey_notices.c
_Due = Row[*tuple[Any, ...]]  # of the table
# Hands a letter to a mail server: from, to, message id, octets. Returns why it was refused for
# good, "" when it was taken; raises UnavailableError when it may be taken later.
HandOver = Callable[[str, str, int, bytes], str]


class NoticeQueue:
    """Queues letters, as many to an address as a mailbox that people read can take.

    Args:
        per_hour: to one address, in any hour.
        workspace_id: whose journeys.
    """

    def __init__(self, *, per_hour: int = PER_HOUR, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._per_hour = per_hour
        self._workspace_id = workspace_id

    def add(
        self,
        connection: Connection,
        program: Program,
        step: NotifyStep,
        here: Sequence[Traveller],
        *,
        now: datetime,
    ) -> Mapping[int, str]:
        """Queue one letter for each person and address, in the caller's transaction.

        Returns:
            why nobody was told of some, by the enrolment's id: every address has had its share.
        """
        told: set[int] = set()
        rooms = self._find_rooms(connection, step.to, now)
        rows = []
        for address in dict.fromkeys(step.to):
            some = here[: rooms[address]]
            told.update(one.id for one in some)
            rows += [self._row(program, step, one, address, now) for one in some]
        if rows:
            connection.execute(insert(journey_notices), rows)
        return {one.id: Untold.TOO_MANY.value for one in here if one.id not in told}

    def _find_rooms(
        self, connection: Connection, addresses: Collection[str], now: datetime
    ) -> dict[str, int]:
        """Return how many letters each address may still get, until the transaction ends."""
        self._take_turns(connection, addresses)
        found = connection.execute(
            select(_N.address, func.count())
            .where(
                _N.workspace_id == self._workspace_id,
                _N.address.in_(list(addresses)),
                _N.queued_us > to_micros(now - _HOUR),
            )
            .group_by(_N.address)
        )
        queued = {row[0]: row[1] for row in found}
        return {one: max(0, self._per_hour - queued.get(one, 0)) for one in addresses}

    def _take_turns(self, connection: Connection, addresses: Collection[str]) -> None:
        """Keep others from counting for these addresses until the transaction ends."""
        c = journey_notice_turns.c
        # In one order, so that no two wait for each other.
        wanted = sorted(set(addresses))
        connection.execute(
            insert_or_ignore(connection, journey_notice_turns),
            [{"workspace_id": self._workspace_id, "address": one} for one in wanted],
        )
        connection.execute(
            select(c.address)
            .where(c.workspace_id == self._workspace_id, c.address.in_(wanted))
            .order_by(c.address)
            .with_for_update()
        ).all()

    def _row(
        self, program: Program, step: NotifyStep, one: Traveller, address: str, now: datetime
    ) -> dict[str, object]:
        return {
            "workspace_id": self._workspace_id,
            "journey_no": program.journey_no,
            "version": program.version,
            "step": program.number(step.id),
            "number": one.number,
            "ordinal": one.ordinal,
            "address": address,
            "message_id": new_trial_id(),
            "attempts": 0,
            "queued_us": to_micros(now),
            "due_us": to_micros(now),
            "said": "",
        }


class Notices:
    """Makes the letters that are due and hands them over, one process at a time.

    A process that ends between a letter's handing over and noting that sends it again, with the
    same Message-ID.

    Args:
        store: of the queue.
        programs: the versions whose steps wrote.
        clock: gives the instants.
        sender: who the letters are from.
        recipients: loads the people whom the letters are about.
        occasions: knows what let them in.
        composer: of all messages.
        hand_over: to the mail server.
        is_staff: says whether an address is still one of the staff.
        workspace_id: whose journeys.
    """

    def __init__(
        self,
        store: StateStore,
        programs: Programs,
        clock: Clock,
        *,
        sender: Sender,
        recipients: Recipients,
        occasions: Occasions,
        composer: Composer,
        hand_over: HandOver,
        is_staff: Callable[[str], bool],
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._programs = programs
        self._clock = clock
        self._sender = sender
        self._recipients = recipients
        self._occasions = occasions
        self._composer = composer
        self._hand_over = hand_over
        self._is_staff = is_staff
        self._workspace_id = workspace_id

    def step(self) -> bool:
        """Send some of what is due; say whether there was any."""
        now = self._clock.now()
        self._forget_old(now)
        with self._store.read() as connection:
            due = self._list_due(connection, now)
        for one in due:
            self._send(one, now)
        return bool(due)

    def _list_due(self, connection: Connection, now: datetime) -> Sequence[_Due]:
        if is_sending_held(connection, workspace_id=self._workspace_id):
            return ()
        return connection.execute(
            select(journey_notices)
            .where(_N.workspace_id == self._workspace_id, _N.due_us <= to_micros(now))
            .order_by(_N.due_us, _N.id)
            .limit(_BATCH)
        ).all()

    def _send(self, one: _Due, now: datetime) -> None:
        """Make one letter and hand it over; write down what came of it."""
        try:
            said = self._try(one)
        except (UnavailableError, SandboxError) as error:
            is_over = one.attempts + 1 >= _ATTEMPTS
            due_at = None if is_over else now + _FIRST_PAUSE * 2**one.attempts
            self._note(one, error.message, due_at)
        except KikubariError as error:
            self._note(one, error.code, None)
        else:
            self._note(one, said, None)

    def _try(self, one: _Due) -> str:
        """Return why a letter is given up, "" when it was taken."""
        live = self._programs.list_live().get(one.journey_no)
        if live is None or not self._is_staff(one.address):
            return "cancelled" if live is None else "no_member"
        program = live.programs[one.version]
        step = program.steps[one.step]
        assert isinstance(step, NotifyStep)  # noqa: S101 - only these queue letters
        composed = asyncio.run(self._compose(program, step, one))
        if composed is None:
            return "profile_gone"
        if composed.stopped_by is not None:
            return composed.problem or composed.stopped_by.value
        return self._hand_over(
            self._sender.from_address, one.address, one.message_id, composed.data
        )

    async def _compose(self, program: Program, step: NotifyStep, one: _Due) -> Composed | None:
        """Return the letter as octets, None where the person is no more."""
        dispatch = Dispatch(
            id=_NO_DISPATCH,
            workspace_id=self._workspace_id,
            origin=origin_of(program.journey_id, program.version, step.id, one.ordinal),
            state=DispatchState.RUNNING,
            letter=write_notice(step, self._sender),
            letter_key=b"",
        )
        person = self._load(dispatch, one)
        if person is None:
            return None
        claimed = Claimed(
            one.message_id, _NO_DISPATCH, one.number, 0, 0, from_micros(one.queued_us)
        )
        [composed] = await self._composer.compose(dispatch, [(claimed, person)])
        return composed

    def _load(self, dispatch: Dispatch, one: _Due) -> Recipient | None:
        """Return whom a letter is about, with the address of whom it is for."""
        person = self._recipients.load([one.number], workspace_id=self._workspace_id).get(
            one.number
        )
        if person is None:
            return None
        person = msgspec.structs.replace(person, address=one.address, name="", is_tracked=False)
        return with_facts(person, self._occasions.load(dispatch, [one.number]).get(one.number))

    def _note(self, one: _Due, said: str, due_at: datetime | None) -> None:
        values = {
            "attempts": one.attempts + 1,
            "said": said,
            "due_us": None if due_at is None else to_micros(due_at),
        }
        self._store.write(
            lambda connection: connection.execute(
                update(journey_notices).where(_N.id == one.id).values(**values)
            )
        )

    def _forget_old(self, now: datetime) -> None:
        """Delete what ended long ago."""
        is_old = (
            _N.workspace_id == self._workspace_id,
            _N.due_us.is_(None),
            _N.queued_us < to_micros(now - _KEPT),
        )
        with self._store.read() as connection:
            if connection.execute(select(_N.id).where(*is_old).limit(1)).first() is None:
                return
        self._store.write(
            lambda connection: connection.execute(delete(journey_notices).where(*is_old))
        )


def give_up_notices(
    connection: Connection, said: str, *, workspace_id: int = DEFAULT_WORKSPACE
) -> None:
    """End all letters that are still to be handed over, and say why."""
    connection.execute(
        update(journey_notices)
        .where(_N.workspace_id == workspace_id, _N.due_us.is_not(None))
        .values(due_us=None, said=said)
    )


def write_notice(step: NotifyStep, sender: Sender) -> Letter:
    """Return the letter of a step: plain text, as its author wrote it.

    Raises:
        TemplateError: with the place in the author's source.
    """
    pieces = _LIQUID.split(step.text)
    # Every other piece is Liquid's; the rest is text, which HTML must not read as marks.
    shown = "".join(one if at % 2 else escape(one, quote=False) for at, one in enumerate(pieces))
    html = f'<div style="white-space: pre-wrap">{shown}</div>'
    variant = EmailVariant(subject=step.subject, html=html, text=step.text)
    template = EmailTemplateSource(variants={"en": variant}, default_language="en")
    return Letter(
        email=compile_email(template),
        sender=sender,
        purpose=Purpose.TRANSACTIONAL,
        has_tracking=False,
    )
