"""Exchanging the instance key: what it seals is sealed anew, and the old one is gone."""

import msgspec
from sqlalchemy import Connection

from kikubari.access import Actor, AuditLog, reseal_app_secrets
from kikubari.app.engines import open_state
from kikubari.app.presence import Presence
from kikubari.app.secrets import (
    AUDIT_LOG,
    SECOND_FACTORS,
    WEBHOOKS,
    WRITE_KEYS,
    instance_key_file,
)
from kikubari.app.settings import Settings
from kikubari.collect import Sources
from kikubari.deliver import reseal_endpoint_secrets
from kikubari.kit.clock import SystemClock
from kikubari.kit.sealing import Seal
from kikubari.profiles import InstanceKey, rewrap_person_keys
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError
from kikubari.storage import StateStore

# Made from the old key, and still needed where nothing can be made anew: links in mail that was
# sent, hashes of addresses that only their owners know, marks of entries that never change.
CARRIED = (
    "tracking links",
    "suppressed addresses",
    "erasure receipts",
    "household marks",
    AUDIT_LOG,
    f"events about nobody {DEFAULT_WORKSPACE}",
)
_BY = Actor("this machine")


class KeyRotated(msgspec.Struct, frozen=True):
    """How much was sealed anew; less than everything when an exchange cut short is finished."""

    person_keys: int
    authenticator_apps: int
    write_keys: int
    webhook_secrets: int


def rotate_instance_key(settings: Settings) -> KeyRotated:
    """Exchange the instance key; what was cut short is finished by doing it again.

    The new key is on disk before anything is sealed under it, and in force only when everything
    is. Until then the product does not start.

    Args:
        settings: of the installation; no server may run on it.

    Raises:
        ConflictError: a server has the data folder open.
        NotFoundError: there is no instance key.
    """
    path = instance_key_file(settings.keys_folder)
    if not path.exists():
        raise NotFoundError("this installation has no instance key yet", hint="kikubari serve")
    presence = Presence(settings.folder)
    presence.take()
    store = open_state(settings)
    try:
        old, new = InstanceKey.begin_exchange(path, carried=CARRIED)
        done = _seal_anew(store, old, new)
        _record(store, new, done)
        InstanceKey.finish_exchange(path)
    finally:
        store.close()
        presence.release()
    return done


def _seal_anew(store: StateStore, old: InstanceKey, new: InstanceKey) -> KeyRotated:
    app_seals, source_seals, endpoint_seals = (
        [Seal(key.derive(purpose)) for key in (old, new)]
        for purpose in (SECOND_FACTORS, WRITE_KEYS, WEBHOOKS)
    )
    return KeyRotated(
        rewrap_person_keys(store, old, new),
        reseal_app_secrets(store, *app_seals),
        Sources(store, SystemClock(), source_seals[0]).reseal(source_seals[1]),
        reseal_endpoint_secrets(store, *endpoint_seals),
    )


def _record(store: StateStore, new: InstanceKey, done: KeyRotated) -> None:
    audit = AuditLog(store, SystemClock(), new.derive(AUDIT_LOG))
    detail = f"{done.person_keys} keys of persons"

    def work(connection: Connection) -> None:
        audit.append(connection, _BY, "instance_key.rotated", detail=detail)

    store.write(work)
