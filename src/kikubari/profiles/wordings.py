"""The words under which people are asked for consent; a version, once shown, never changes."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select

from kikubari.events import CONSENT_PURPOSES, SENSITIVE_PURPOSES
from kikubari.kit.instants import from_micros, to_micros
from kikubari.profiles._kept_tables import consent_wordings
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import InvalidInputError
from kikubari.storage import StateStore

_MAX_TEXT = 2_000
_MAX_CHANNEL = 20


class WordingText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people read before they agree, in both languages."""

    purpose: str
    channel: str = "email"
    ja: str
    en: str


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the words. Consents name it; `version` is such as ``marketing-email-2``."""

    version: str
    text: WordingText
    created_at: datetime
    created_by: str

    def say(self, language: str) -> str:
        """Return the words in a language."""
        return self.text.ja if language == "ja" else self.text.en


class Wordings:
    """Every version there was. The newest for a purpose and channel is the one shown."""

    def __init__(self, store: StateStore, *, workspace_id: int = DEFAULT_WORKSPACE) -> None:
        self._store = store
        self._workspace_id = workspace_id

    def create(self, text: WordingText, *, at: datetime, by: str) -> Wording:
        """Add a version, which is shown from now on.

        Raises:
            InvalidInputError: no such purpose, or a text is missing or too long.
        """
        _check(text)

        def work(connection: Connection) -> Wording:
            known = self._list(connection, text.purpose, text.channel)
            version = f"{text.purpose}-{text.channel}-{len(known) + 1}"
            connection.execute(
                insert(consent_wordings),
                {
                    "workspace_id": self._workspace_id,
                    "version": version,
                    "created_us": to_micros(at),
                    "created_by": by,
                    **msgspec.structs.asdict(text),
                },
            )
            return Wording(version=version, text=text, created_at=at, created_by=by)

        return self._store.write(work)

    def list_all(self) -> list[Wording]:
        """Return every version, oldest first."""
        with self._store.read() as connection:
            return self._list(connection)

    def find_current(self, purpose: str, channel: str) -> Wording | None:
        """Return the words shown now, None when the shop has written none."""
        with self._store.read() as connection:
            found = self._list(connection, purpose, channel)
        return found[-1] if found else None

    def _list(
        self, connection: Connection, purpose: str | None = None, channel: str = ""
    ) -> list[Wording]:
        table = consent_wordings.c
        query = select(consent_wordings).where(table.workspace_id == self._workspace_id)
        if purpose is not None:
            query = query.where(table.purpose == purpose, table.channel == channel)
        return [
            Wording(
                version=row.version,
                text=WordingText(purpose=row.purpose, channel=row.channel, ja=row.ja, en=row.en),
                created_at=from_micros(row.created_us),
                created_by=row.created_by,
            )
            for row in connection.execute(query.order_by(table.created_us, table.version))
        ]


def _check(text: WordingText) -> None:
    purposes = CONSENT_PURPOSES | SENSITIVE_PURPOSES
    if text.purpose not in purposes:
        raise InvalidInputError(
            f"no purpose {text.purpose!r}", hint=f"One of {', '.join(sorted(purposes))}."
        )
    if not (
        text.channel.isascii() and text.channel.isalnum() and len(text.channel) <= _MAX_CHANNEL
    ):
        raise InvalidInputError("a channel is a short name such as email")
    for words in (text.ja, text.en):
        if not words.strip() or len(words) > _MAX_TEXT or "\0" in words:
            raise InvalidInputError(
                f"words are needed in Japanese and English, at most {_MAX_TEXT} characters each"
            )
