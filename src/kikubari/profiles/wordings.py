"""The words under which people are asked for consent; a version, once shown, never changes."""

from datetime import datetime

import msgspec
from sqlalchemy import Connection, insert, select, update

from kikubari.events import CONSENT_PURPOSES, SENSITIVE_PURPOSES
from kikubari.kit.instants import format_instant, from_micros, to_micros
from kikubari.profiles._kept_tables import consent_wordings
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import StateStore

_MAX_TEXT = 2_000
_MAX_CHANNEL = 20


class WordingRetiredError(ConflictError):
    """Nobody can agree under words that were retired."""

    code = "wording_retired"


class WordingText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What people read before they agree, in both languages."""

    purpose: str
    channel: str = "email"
    ja: str
    en: str


class Wording(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the words. Consents name it; `version` is such as ``marketing-email-2``.

    Consents given under one that was retired since stay as they are.
    """

    version: str
    text: WordingText
    created_at: datetime
    created_by: str
    retired_at: datetime | None = None
    retired_by: str = ""

    @property
    def is_retired(self) -> bool:
        """Whether nobody can agree under it any more."""
        return self.retired_at is not None

    def say(self, language: str) -> str:
        """Return the words in a language."""
        return self.text.ja if language == "ja" else self.text.en


class Wordings:
    """Every version there was. Of a purpose and channel, the newest not retired is shown."""

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

    def retire(self, version: str, *, at: datetime, by: str) -> Wording:
        """Let nobody agree under a version from now on; it never comes back.

        Raises:
            NotFoundError: there is none by that name.
            WordingRetiredError: it was retired before.
        """

        def work(connection: Connection) -> Wording:
            known = {one.version: one for one in self._list(connection)}
            if version not in known:
                raise NotFoundError(
                    f"no wording {version}", hint="GET /api/consent/wordings lists them."
                )
            check_open(known[version])
            table = consent_wordings.c
            connection.execute(
                update(consent_wordings)
                .where(table.workspace_id == self._workspace_id, table.version == version)
                .values(retired_us=to_micros(at), retired_by=by)
            )
            return msgspec.structs.replace(known[version], retired_at=at, retired_by=by)

        return self._store.write(work)

    def list_all(self) -> list[Wording]:
        """Return every version, oldest first."""
        with self._store.read() as connection:
            return self._list(connection)

    def find_current(self, purpose: str, channel: str) -> Wording | None:
        """Return the words shown now, None when the shop has none that are not retired."""
        with self._store.read() as connection:
            found = self._list(connection, purpose, channel)
        shown = [one for one in found if not one.is_retired]
        return shown[-1] if shown else None

    def check(self, version: str) -> None:
        """Refuse a version under which nobody can agree; names that are not ours are fine.

        Raises:
            WordingRetiredError: it was retired.
        """
        for one in self.list_all():
            if one.version == version:
                check_open(one)

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
                retired_at=from_micros(row.retired_us) if row.retired_us is not None else None,
                retired_by=row.retired_by or "",
            )
            for row in connection.execute(query.order_by(table.created_us, table.version))
        ]


def check_open(wording: Wording) -> None:
    """Refuse words under which nobody can agree.

    Raises:
        WordingRetiredError: they were retired.
    """
    if wording.retired_at is not None:
        raise WordingRetiredError(
            f"{wording.version} was retired {format_instant(wording.retired_at)}",
            hint="Ask in the words shown now; consents given before stay as they are.",
        )


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
