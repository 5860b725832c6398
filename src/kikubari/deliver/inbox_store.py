"""What the sandbox inbox received, kept as it came and shown as a mail client would."""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from datetime import datetime
from email import message_from_bytes, policy
from email.errors import HeaderParseError
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from typing import Any

import msgspec
import zstandard
from sqlalchemy import Connection, Row, delete, func, insert, select

from kikubari.deliver._tables import sandbox_messages
from kikubari.deliver.providers.inbox import MAX_MESSAGE, ReceivedMail
from kikubari.kit.instants import from_micros, to_micros
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore

KEPT_MESSAGES = 50_000
# Old mail goes in pieces, so that no commit waits for a large one.
_PRUNE_EVERY = 500
_MAX_SUBJECT = 1_000

_SUMMARY = (
    sandbox_messages.c.id,
    sandbox_messages.c.received_us,
    sandbox_messages.c.mail_from,
    sandbox_messages.c.rcpt_to,
    sandbox_messages.c.subject,
    sandbox_messages.c.n_bytes,
)


class InboxEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of the inbox."""

    id: int
    received_at: datetime
    mail_from: str
    rcpt_to: list[str]
    subject: str
    n_bytes: int


class InboxMail(msgspec.Struct, frozen=True, kw_only=True):
    """A message opened: decoded headers in their order, the parts, and the octets as received.

    The HTML is what the sender wrote: show it in a sandboxed frame of its own.
    """

    entry: InboxEntry
    headers: list[tuple[str, str]]
    text: str
    html: str
    source: bytes


class MailParts(msgspec.Struct, frozen=True):
    """What a message says: decoded headers in their order, and both bodies."""

    headers: list[tuple[str, str]]
    text: str
    html: str


def read_mail(source: bytes) -> MailParts:
    """Open a message as a mail program would."""
    message = message_from_bytes(source, policy=policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what policy.default makes
    return MailParts(
        headers=[(name, str(value)) for name, value in message.items()],
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


class InboxStore:
    """Keeps the newest messages; the sink of `providers.inbox.InboxServer`.

    Args:
        store: where to.
        kept: how many messages at most, give or take a few hundred.
        workspace_id: whose inbox.
    """

    def __init__(
        self,
        store: StateStore,
        *,
        kept: int = KEPT_MESSAGES,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._store = store
        self._kept = kept
        self._workspace_id = workspace_id
        self._since_pruned = 0

    def store(self, mail: ReceivedMail) -> Awaitable[None]:
        """Store one message; it is durable when the awaitable is done."""
        row = _row(mail, self._workspace_id)
        self._since_pruned += 1
        is_due = self._since_pruned >= min(_PRUNE_EVERY, self._kept)
        if is_due:
            self._since_pruned = 0

        def work(connection: Connection) -> None:
            connection.execute(insert(sandbox_messages), row)
            if is_due:
                self._prune(connection)

        return asyncio.wrap_future(self._store.submit(work))

    def list_mail(
        self, *, search: str = "", before_id: int | None = None, limit: int = 50
    ) -> list[InboxEntry]:
        """Return messages, newest first, whose recipient or subject holds the text."""
        query = select(*_SUMMARY).where(sandbox_messages.c.workspace_id == self._workspace_id)
        if search:
            query = query.where(
                sandbox_messages.c.rcpt_to.icontains(search, autoescape=True)
                | sandbox_messages.c.subject.icontains(search, autoescape=True)
            )
        if before_id is not None:
            query = query.where(sandbox_messages.c.id < before_id)
        with self._store.read() as connection:
            rows = connection.execute(query.order_by(sandbox_messages.c.id.desc()).limit(limit))
            return [_entry(row) for row in rows]

    def count(self) -> int:
        """Return how many messages are kept."""
        query = select(func.count()).where(sandbox_messages.c.workspace_id == self._workspace_id)
        with self._store.read() as connection:
            return int(connection.execute(query).scalar_one())

    def get(self, mail_id: int) -> InboxMail:
        """Return one message, opened.

        Raises:
            NotFoundError: there is none by that id, or it was too old to keep.
        """
        with self._store.read() as connection:
            row = connection.execute(
                select(*_SUMMARY, sandbox_messages.c.body).where(
                    sandbox_messages.c.workspace_id == self._workspace_id,
                    sandbox_messages.c.id == mail_id,
                )
            ).one_or_none()
        if row is None:
            raise NotFoundError(f"no message {mail_id} in the inbox")
        source = zstandard.ZstdDecompressor().decompress(
            bytes(row.body), max_output_size=MAX_MESSAGE
        )
        parts = read_mail(source)
        return InboxMail(
            entry=_entry(row),
            headers=parts.headers,
            text=parts.text,
            html=parts.html,
            source=source,
        )

    def delete_for(self, address: str) -> int:
        """Delete every message to an address, whatever its case; return how many."""
        c = sandbox_messages.c

        def work(connection: Connection) -> int:
            return connection.execute(
                delete(sandbox_messages).where(
                    c.workspace_id == self._workspace_id,
                    func.lower(c.rcpt_to) == address.lower(),
                )
            ).rowcount

        return self._store.write(work)

    def _prune(self, connection: Connection) -> None:
        oldest = connection.execute(
            select(sandbox_messages.c.id)
            .where(sandbox_messages.c.workspace_id == self._workspace_id)
            .order_by(sandbox_messages.c.id.desc())
            .offset(self._kept - 1)
            .limit(1)
        ).scalar()
        if oldest is not None:
            connection.execute(
                delete(sandbox_messages).where(
                    sandbox_messages.c.workspace_id == self._workspace_id,
                    sandbox_messages.c.id < oldest,
                )
            )


def _row(mail: ReceivedMail, workspace_id: int) -> dict[str, object]:
    return {
        "workspace_id": workspace_id,
        "received_us": to_micros(mail.received_at),
        "mail_from": mail.envelope_from,
        "rcpt_to": "\n".join(mail.envelope_to),
        "subject": _subject(mail.raw),
        "n_bytes": len(mail.raw),
        "body": zstandard.ZstdCompressor(level=1).compress(mail.raw),
    }


def _subject(raw: bytes) -> str:
    """Return the decoded subject; anybody may send here, so whatever stands there is taken."""
    written = str(BytesHeaderParser(policy=policy.compat32).parsebytes(raw)["Subject"] or "")
    # What cannot be decoded is shown as it was written.
    with suppress(HeaderParseError, LookupError, UnicodeError, ValueError):
        written = str(make_header(decode_header(written)))
    clean = " ".join(written.replace("\0", "").split())
    # Half a surrogate pair cannot be stored.
    return clean.encode("utf-8", "replace").decode()[:_MAX_SUBJECT]


def _body(message: EmailMessage, subtype: str) -> str:
    part: Any = message.get_body((subtype,))
    if part is None:
        return ""
    payload = part.get_payload(decode=True) or b""
    try:
        return str(payload.decode(part.get_content_charset("utf-8"), "replace"))
    except LookupError:
        return str(payload.decode("utf-8", "replace"))


def _entry(row: Row[*tuple[Any, ...]]) -> InboxEntry:
    return InboxEntry(
        id=row.id,
        received_at=from_micros(row.received_us),
        mail_from=row.mail_from,
        rcpt_to=row.rcpt_to.split("\n"),
        subject=row.subject,
        n_bytes=row.n_bytes,
    )
