"""Twins of what delivering needs from its neighbours."""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping, Sequence

from sqlalchemy import Connection

from kikubari.decide.personalise import CompiledEmail, CompiledVariant
from kikubari.deliver import (
    Claimed,
    Composed,
    ComposeShared,
    Dispatch,
    Letter,
    MailSettings,
    Purpose,
    Recipient,
    Sender,
    compose,
    compose_item,
    compose_shared,
)
from kikubari.deliver.providers.smtp import Abandoned, Accepted, SmtpOutcome
from kikubari.kit.clock import Clock


class GrantedConsents:
    """Consent by (number, purpose) from a set; whatever the channel."""

    def __init__(self, numbers: Iterable[int] = (), *, purpose: str = "marketing") -> None:
        self.granted = {(number, purpose) for number in numbers}

    def list_granted(
        self,
        connection: Connection,
        numbers: Sequence[int],
        *,
        purpose: str,
        channel: str,
        workspace_id: int,
    ) -> Collection[int]:
        """Return those that were granted."""
        del connection, channel, workspace_id
        return {number for number in numbers if (number, purpose) in self.granted}


class Selves:
    """Everybody has one number, but for those that `same` puts together."""

    def __init__(self, same: Mapping[int, int] | None = None) -> None:
        self.same = dict(same or {})

    def list_numbers(
        self, connection: Connection, numbers: Collection[int], *, workspace_id: int
    ) -> Mapping[int, tuple[int, Collection[int]]]:
        """Return each number's person: the one that `same` names, else the number itself."""
        del connection, workspace_id
        own: dict[int, set[int]] = {}
        for number, person in self.same.items():
            own.setdefault(person, {person}).add(number)
        people = {number: self.same.get(number, number) for number in numbers}
        return {number: (key, own.get(key, {key})) for number, key in people.items()}


class ListedRecipients:
    """People from a mapping."""

    def __init__(self, people: Iterable[Recipient] = ()) -> None:
        self.people = {person.number: person for person in people}

    def load(self, numbers: Sequence[int], *, workspace_id: int) -> Mapping[int, Recipient]:
        """Return those that are listed."""
        del workspace_id
        return {n: self.people[n] for n in numbers if n in self.people}


class PlainComposer:
    """Messages that hold no more than an id and an address, made without any process."""

    def __init__(self, stopped: Mapping[int, Composed] | None = None, *, padding: int = 0) -> None:
        self.stopped = stopped or {}
        self._padding = b"x" * 78 + b"\r\n"
        self._lines = padding // 80

    async def compose(
        self, dispatch: Dispatch, people: Sequence[tuple[Claimed, Recipient]]
    ) -> list[Composed]:
        """Return one small message each, or what `stopped` says for a number."""
        del dispatch
        await asyncio.sleep(0)
        return [self.stopped.get(person.number) or self._one(m, person) for m, person in people]

    def _one(self, message: Claimed, person: Recipient) -> Composed:
        head = f"To: {person.address}\r\nX-Id: {message.id}\r\n\r\n".encode()
        record = b'{"subject":"Hello","language":"en","facts":[]}'
        return Composed(data=head + self._padding * self._lines, record=record)


class InlineComposer:
    """Real composing in this very process."""

    def __init__(self, settings: MailSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock

    async def compose(
        self, dispatch: Dispatch, people: Sequence[tuple[Claimed, Recipient]]
    ) -> list[Composed]:
        """Return one message each."""
        shared: ComposeShared = compose_shared(self._settings, dispatch)
        return [compose(shared, compose_item(m, person, self._clock)) for m, person in people]


class ScriptedTransport:
    """An SMTP server's answers by recipient; takes everything it has no script for.

    Attributes:
        accepted: (recipient, octets) of what was taken, in order.
        before_mark: awaited with the recipient before the last gate is asked.
    """

    def __init__(self, answers: Mapping[str, Sequence[SmtpOutcome]] | None = None) -> None:
        self._answers = {address: list(script) for address, script in (answers or {}).items()}
        self.accepted: list[tuple[str, bytes]] = []
        self.abandoned: list[str] = []
        self.before_mark: Callable[[str], Awaitable[None]] | None = None

    async def send(
        self,
        mail_from: str,
        rcpt_to: str,
        data: bytes,
        *,
        before_final_dot: Callable[[], Awaitable[bool]],
    ) -> SmtpOutcome:
        """Answer as scripted; answers about the envelope do not ask the last gate."""
        del mail_from
        script = self._answers.get(rcpt_to)
        answer: SmtpOutcome = script.pop(0) if script else Accepted(250, "2.0.0 queued as T1")
        if getattr(answer, "phase", "final_dot") != "final_dot":
            return answer
        if self.before_mark is not None:
            await self.before_mark(rcpt_to)
        if not await before_final_dot():
            self.abandoned.append(rcpt_to)
            return Abandoned()
        if isinstance(answer, Accepted):
            self.accepted.append((rcpt_to, data))
        return answer


def person(number: int, **changes: object) -> Recipient:
    """Return somebody who can be reached at ``p<number>@example.com``."""
    values: dict[str, object] = {
        "number": number,
        "address": f"p{number}@example.com",
        "is_verified": True,
        "is_tracked": False,
        **changes,
    }
    return Recipient(**values)  # type: ignore[arg-type]  # checked by the caller's test


def letter(
    *,
    html: str = "<p>Hello {{ customer.name }}</p>",
    subject: str = "Hello",
    purpose: Purpose = Purpose.MARKETING,
    topic: str = "",
    resends_unknown: bool = False,
    at_best_hour: bool = False,
) -> Letter:
    """Return a letter in English."""
    variant = CompiledVariant(subject=subject, preheader="", html=html, text="Hello")
    return Letter(
        email=CompiledEmail(version="1", default_language="en", variants={"en": variant}),
        sender=Sender(from_address="news@shop.example", from_name="Shop"),
        purpose=purpose,
        topic=topic,
        resends_unknown=resends_unknown,
        at_best_hour=at_best_hour,
    )
