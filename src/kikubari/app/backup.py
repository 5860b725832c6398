"""Taking a back-up of an installation at work, and starting again from one."""

import shutil
from importlib.metadata import version
from pathlib import Path

import msgspec
from sqlalchemy import Connection

from kikubari.app.engines import open_state
from kikubari.app.presence import Presence
from kikubari.app.secrets import instance_key_file, load_instance_key
from kikubari.app.settings import Settings
from kikubari.deliver import (
    DispatchState,
    Origin,
    Outbox,
    find_dispatch_state,
    hold_sending,
    release_restored,
)
from kikubari.events import forget_copy
from kikubari.journeys import SetAside, list_enqueuing, set_aside_restored
from kikubari.kit.clock import SystemClock
from kikubari.profiles import PersonKeys
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.storage import SqliteStateStore, StateStore, copy_sqlite, migrate, sync

# The intake first: what moves into the log meanwhile is then in both copies, and known by its id.
# The other way about it would be in neither.
_FILES = ("intake.db", "state.db")
_NOTE = "backup.json"


class BackupNote(msgspec.Struct, frozen=True, kw_only=True):
    """What a back-up says of itself."""

    version: str
    taken_at: str


class BackedUp(msgspec.Struct, frozen=True):
    """Where a back-up is, and how large."""

    folder: str
    n_bytes: int


class Restored(msgspec.Struct, frozen=True):
    """What a restored installation does not send, as it may have left since the back-up."""

    n_messages_given_up: int
    broadcasts_paused: list[str]
    broadcasts_unscheduled: list[str]
    journeys_paused: list[str]


def back_up(settings: Settings, target: Path) -> BackedUp:
    """Copy log, profiles, consent and outbox of an installation into a new folder.

    A server may be at work meanwhile. The keys are not in it: they belong elsewhere.

    Raises:
        ConflictError: the folder exists, or the data are in PostgreSQL.
        NotFoundError: there is no installation yet.
        UnavailableError: there is no room for it.
    """
    if not settings.is_embedded:
        raise ConflictError(
            "the data are in PostgreSQL, which makes its own back-ups",
            hint="Use pg_dump; after pg_restore and before the start, `kikubari restore`.",
        )
    if not (settings.folder / "state.db").exists():
        raise NotFoundError(f"{settings.folder} holds no installation", hint="Check KIKUBARI_HOME.")
    draft = target.with_name(f"{target.name}.partial")
    if target.exists() or draft.exists():
        raise ConflictError(f"{target} or {draft.name} exists already", hint="Name a new folder.")
    draft.mkdir(parents=True, mode=0o700)
    try:
        _copy_into(settings, draft)
    except BaseException:
        shutil.rmtree(draft)
        raise
    draft.rename(target)
    sync(target.parent)
    return BackedUp(str(target), sum(file.stat().st_size for file in target.iterdir()))


def _copy_into(settings: Settings, draft: Path) -> None:
    clock = SystemClock()
    note = BackupNote(version=version("kikubari"), taken_at=clock.now().isoformat())
    for name in _FILES:
        copy_sqlite(settings.folder / name, draft / name)
    copy = SqliteStateStore(draft / "state.db")
    # Whoever starts from this copy without restoring it sends nothing.
    copy.write(lambda connection: hold_sending(connection, now=clock.now()))
    copy.close()
    sync(draft / "state.db")
    (draft / _NOTE).write_bytes(msgspec.json.encode(note))
    sync(draft / _NOTE)
    sync(draft)


def restore(settings: Settings, source: Path | None) -> Restored:
    """Make an installation of a back-up, or of a data base that was restored by its own means.

    What was on its way when the back-up was taken may have left since: it is given up as unknown,
    and broadcasts that were being queued, and journeys, are paused; scheduled broadcasts are drafts
    again. The columnar copy is made anew by the next start.

    Args:
        settings: of the installation to be; its keys are there already.
        source: the back-up; None when the data are in place.

    Raises:
        ConflictError: a server has the data folder open, or there is an installation in it.
        InvalidInputError: not a whole back-up.
        NotFoundError: the instance key is missing.
    """
    if not instance_key_file(settings.keys_folder).exists():
        raise NotFoundError(
            f"{settings.keys_folder} holds no instance key",
            hint="Put the installation's keys there first: without them nothing can be read.",
        )
    presence = Presence(settings.folder)
    presence.take()
    try:
        if source is not None:
            _put_in_place(settings, source)
        store = open_state(settings)
        try:
            migrate(store)
            return _give_up_what_may_have_left(settings, store)
        finally:
            store.close()
    finally:
        presence.release()


def _put_in_place(settings: Settings, source: Path) -> None:
    if missing := [name for name in (*_FILES, _NOTE) if not (source / name).is_file()]:
        raise InvalidInputError(f"{source} is not a whole back-up: {', '.join(missing)} missing")
    state = settings.folder / "state.db"
    if not settings.is_embedded or state.exists():
        raise ConflictError(
            "there is an installation already", hint="Name an empty folder by KIKUBARI_HOME."
        )
    for name in _FILES:  # the state last: without it, there is no installation yet
        draft = settings.folder / f"{name}.partial"
        shutil.copyfile(source / name, draft)
        sync(draft)
        draft.rename(settings.folder / name)
    sync(settings.folder)


def _give_up_what_may_have_left(settings: Settings, store: StateStore) -> Restored:
    keys = PersonKeys(load_instance_key(settings.keys_folder))
    outbox = Outbox(store, keys, SystemClock())
    with store.read() as connection:
        paused = [
            one
            for one in list_enqueuing(connection)
            if find_dispatch_state(connection, _origin(one)) is DispatchState.RUNNING
        ]
    for broadcast_id in paused:
        outbox.pause(_origin(broadcast_id))

    def work(connection: Connection) -> tuple[int, SetAside]:
        forget_copy(connection)
        set_aside = set_aside_restored(connection)
        return release_restored(connection), set_aside

    n_given_up, set_aside = store.write(work)
    return Restored(n_given_up, paused, set_aside.unscheduled, set_aside.paused)


def _origin(broadcast_id: str) -> Origin:
    return Origin("broadcast", broadcast_id)
