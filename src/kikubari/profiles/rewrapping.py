"""Wrapping every person's key anew, under another instance key."""

from functools import partial

from sqlalchemy import Connection

from kikubari.profiles._repository import keys as rows
from kikubari.profiles.instance_key import InstanceKey, SealBrokenError, Wrapping
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.storage import StateStore

_AT_ONCE = 5_000


def rewrap_person_keys(
    store: StateStore,
    old: InstanceKey,
    new: InstanceKey,
    *,
    workspace_id: int = DEFAULT_WORKSPACE,
) -> int:
    """Wrap all keys under `new`; returns how many were still under `old`.

    The keys themselves stay, so what is sealed with them is not touched. Cut short at any moment
    it can be repeated: what is under `new` already is left alone. Nobody else may use the keys
    meanwhile.

    Raises:
        SealBrokenError: a key opens under neither.
    """
    n_keys, beyond = 0, 0
    while True:
        work = partial(_rewrap_page, Wrapping(old), Wrapping(new), workspace_id, beyond)
        last, n_rewrapped = store.write(work)
        n_keys += n_rewrapped
        if last is None:
            return n_keys
        beyond = last


def _rewrap_page(
    old: Wrapping, new: Wrapping, workspace_id: int, beyond: int, connection: Connection
) -> tuple[int | None, int]:
    """Wrap the next keys anew; returns the last number seen, None at the end, and how many."""
    page = rows.list_keys_beyond(connection, workspace_id, beyond, limit=_AT_ONCE)
    rewrapped = [
        (number, new.wrap(number, old.unwrap(number, wrapped)))
        for number, wrapped in page
        if wrapped and not _opens(new, number, wrapped)
    ]
    rows.update_keys(connection, workspace_id, rewrapped)
    return (page[-1][0] if page else None), len(rewrapped)


def _opens(wrapping: Wrapping, number: int, wrapped: bytes) -> bool:
    try:
        wrapping.unwrap(number, wrapped)
    except SealBrokenError:
        return False
    return True
