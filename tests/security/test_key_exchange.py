"""The instance key is exchanged: everything opens as before, and by the old key no more."""

import re
import shutil
import signal
import subprocess
import sys
from itertools import count
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select

from installation import Installation
from kikubari.app import Settings
from kikubari.app.engines import open_state
from kikubari.app.key_rotation import CARRIED, rotate_instance_key
from kikubari.app.secrets import SECOND_FACTORS, WRITE_KEYS, load_instance_key
from kikubari.profiles import (
    InstanceKey,
    KeyExchangeUnfinishedError,
    PersonKeys,
    rewrap_person_keys,
)
from kikubari.profiles._tables import person_keys
from kikubari.storage import SqliteStateStore, metadata

SOURCE = Path(__file__).parents[2] / "src/kikubari"
CANARY = "Quetzalina"
# Runs the exchange and dies just before its n-th commit, or before the new key is in force.
DIES = """
import os, signal, sys
from kikubari.app import Settings
from kikubari.app.key_rotation import rotate_instance_key
from kikubari.profiles import rewrapping
from kikubari.profiles.instance_key import InstanceKey
from kikubari.storage import SqliteStateStore

rewrapping._AT_ONCE = 2
left = [int(sys.argv[2])]

def mortal(action):
    def act(*arguments, **options):
        if left[0] == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        left[0] -= 1
        return action(*arguments, **options)
    return act

SqliteStateStore.write = mortal(SqliteStateStore.write)
InstanceKey.finish_exchange = staticmethod(mortal(InstanceKey.finish_exchange))
rotate_instance_key(Settings(home=sys.argv[1]))
"""


@pytest.fixture(scope="module")
def shop(tmp_path_factory):
    """An installation that knows somebody and shows a browser's write key."""
    installation = Installation(tmp_path_factory.mktemp("exchange") / "home")
    with installation.served() as running:
        source = running.post("/api/sources", {"name": "site", "kind": "browser"})
        till = running.post("/api/sources", {"name": "till"})["write_key"]
        people = [
            {"type": "identify", "userId": f"u{n}", "traits": {"first_name": f"{CANARY}{n}"}}
            for n in range(5)
        ]
        with running.stranger() as client:
            body = {"batch": people}
            client.post("/v1/batch", json=body, auth=(till, "")).raise_for_status()
        running.settle()
        running.write_key = source["write_key"]
        yield running


def what_is_known(shop):
    names = {
        shop.post(f"/api/profiles/{one['id']}/export")["standing_traits"]["first_name"]
        for one in shop.get("/api/people")["people"]
    }
    return names, {one["write_key"] for one in shop.get("/api/sources")}


def opened(home, key_text):
    """Return how many persons' keys open under an instance key."""
    file = home.parent / "tried.key"
    file.write_bytes(key_text)
    cipher = AESGCM(InstanceKey.load_or_create(file).derive("wrap person keys"))
    store = open_state(Settings(home=str(home)))
    with store.read() as connection:
        rows = connection.execute(select(person_keys)).all()
    store.close()
    return sum(does_open(cipher, row) for row in rows), len(rows)


def does_open(cipher, row):
    try:
        cipher.decrypt(row.wrapped[:12], row.wrapped[12:], row.number.to_bytes(8, "big"))
    except InvalidTag:
        return False
    return True


def test_killed_at_any_moment_it_is_finished_by_running_it_again(shop, tmp_path):
    known = what_is_known(shop)
    assert known[0] == {f"{CANARY}{n}" for n in range(5)}
    shop.run("keys", "rotate-instance", status=2)  # while the server runs
    shop.stop()
    path = shop.home / "keys/instance.key"
    old = path.read_bytes()
    n_kills = 0
    for n in count():
        home = tmp_path / f"home{n}"
        shutil.copytree(shop.home, home, ignore=shutil.ignore_patterns("copy"))
        died = subprocess.run([sys.executable, "-c", DIES, str(home), str(n)], check=False)
        if died.returncode == 0:
            break
        assert died.returncode == -signal.SIGKILL
        n_kills += 1
        finish(home, old)
    assert n_kills > 6
    done = shop.json("keys", "rotate-instance")
    assert done == {
        "person_keys": 5,
        "authenticator_apps": 0,
        "write_keys": 1,
        "webhook_secrets": 0,
    }
    shop.start()
    assert what_is_known(shop) == known
    assert shop.get("/api/audit-log/check")["is_intact"]
    (entry,) = shop.get("/api/audit-log", action="instance_key")["entries"]
    assert entry["action"] == "instance_key.rotated"


def finish(home, old):
    """Finish what was cut short; nothing opens by the old key any more, everything by the new."""
    path = home / "keys/instance.key"
    if path.with_name("instance.key.next").exists():
        with pytest.raises(KeyExchangeUnfinishedError, match="being exchanged"):
            load_instance_key(home / "keys")
        rotate_instance_key(Settings(home=str(home)))
    if path.read_bytes() == old:  # it had not begun
        rotate_instance_key(Settings(home=str(home)))
    assert [one.name for one in path.parent.glob("*instance*")] == [path.name]
    assert opened(home, old) == (0, 5)
    assert opened(home, path.read_bytes()) == (5, 5)


def test_what_is_sealed_opens_before_and_after_and_the_erased_stay_so(tmp_path):
    store = SqliteStateStore(tmp_path / "state.db")
    store.write(metadata.create_all)
    old = InstanceKey.load_or_create(tmp_path / "instance.key")
    keys = PersonKeys(old)
    texts = [CANARY.encode()] * 3
    sealed = store.write(lambda c: keys.seal(c, [0, 1, 2], texts))
    store.write(lambda c: keys.forget(c, [2]))
    path = tmp_path / "instance.key"
    exchange = InstanceKey.begin_exchange(path, carried=CARRIED)
    assert rewrap_person_keys(store, *exchange) == 1
    assert rewrap_person_keys(store, *exchange) == 0
    InstanceKey.finish_exchange(path)
    new = InstanceKey.load_or_create(path)
    with store.read() as connection:
        opened = PersonKeys(new).open(connection, [0, 1, 2], sealed)
    store.close()
    assert opened == [CANARY.encode(), CANARY.encode(), None]
    assert all(new.derive(one) == old.derive(one) for one in CARRIED)
    assert new.derive(WRITE_KEYS) != old.derive(WRITE_KEYS)


def test_every_key_made_from_the_instance_key_is_carried_or_sealed_anew():
    calls = re.compile(r"(?:instance|instance_key)\.derive\(([^)]+)\)")
    made = {name for file in SOURCE.rglob("*.py") for name in calls.findall(file.read_text())}
    anew = {'"wrap person keys"', "SECOND_FACTORS", "WEBHOOKS", "WRITE_KEYS"}
    carried = {f'"{one}"' for one in CARRIED}
    carried |= {"AUDIT_LOG", 'f"events about nobody {workspace_id}"'}
    assert made == anew | (carried & made)
    assert SECOND_FACTORS not in CARRIED
