"""What a back-up holds, and when there can be none."""

from pathlib import Path

import msgspec
import pytest
from sqlalchemy import text

from kikubari.app.backup import back_up, restore
from kikubari.app.engines import open_state
from kikubari.app.presence import Presence
from kikubari.app.secrets import load_secrets
from kikubari.app.settings import Settings
from kikubari.deliver import is_sending_held
from kikubari.spec.errors import ConflictError, InvalidInputError, KikubariError, NotFoundError
from kikubari.storage import migrate


@pytest.fixture
def shop(tmp_path: Path) -> Settings:
    """An installation without any data."""
    settings = Settings(home=str(tmp_path / "shop"))
    load_secrets(settings.keys_folder, dkim_selector="kikubari")
    for name in ("state", "intake"):
        store = open_state(settings, name)
        migrate(store)
        store.close()
    return settings


@pytest.fixture
def home(tmp_path: Path, shop: Settings) -> Settings:
    """A folder with the installation's keys and nothing else."""
    settings = msgspec.structs.replace(shop, home=str(tmp_path / "new"))
    settings.folder.mkdir()
    settings.keys_folder.symlink_to(shop.keys_folder)
    return settings


def is_held(settings: Settings) -> bool:
    store = open_state(settings)
    with store.read() as connection:
        held = is_sending_held(connection)
    store.close()
    return held


def test_a_copy_sends_nothing_until_it_is_restored(tmp_path: Path, shop: Settings, home: Settings):
    target = tmp_path / "backup"
    done = back_up(shop, target)
    assert {file.name for file in target.iterdir()} == {"state.db", "intake.db", "backup.json"}
    assert done.n_bytes == sum(file.stat().st_size for file in target.iterdir())
    assert is_held(msgspec.structs.replace(shop, home=str(target)))
    assert not is_held(shop)
    restore(home, target)
    assert not is_held(home)


def test_the_columnar_copy_is_made_anew_after_a_restore(
    tmp_path: Path, shop: Settings, home: Settings
):
    back_up(shop, tmp_path / "backup")
    restore(home, tmp_path / "backup")
    store = open_state(home)
    with store.read() as connection:
        planned = connection.execute(text("SELECT first, last, is_done FROM copy_ranges")).all()
    store.close()
    assert planned == [(0, 0, 0)]


def test_a_failed_back_up_leaves_nothing_behind(tmp_path: Path, shop: Settings):
    (shop.folder / "intake.db").write_bytes(b"not a data base" * 1000)
    with pytest.raises(KikubariError):
        back_up(shop, tmp_path / "backup")
    assert not list(tmp_path.glob("backup*"))


def test_nothing_is_ever_written_over(tmp_path: Path, shop: Settings, home: Settings):
    target = tmp_path / "backup"
    back_up(shop, target)
    with pytest.raises(ConflictError):
        back_up(shop, target)
    with pytest.raises(ConflictError):
        restore(shop, target)
    owner = Presence(home.folder)
    owner.take()
    with pytest.raises(ConflictError):
        restore(home, target)
    owner.release()


def test_half_a_back_up_and_one_without_keys_are_refused(
    tmp_path: Path, shop: Settings, home: Settings
):
    target = tmp_path / "backup"
    back_up(shop, target)
    with pytest.raises(NotFoundError):
        restore(msgspec.structs.replace(shop, home=str(tmp_path / "keyless")), target)
    (target / "intake.db").unlink()
    with pytest.raises(InvalidInputError):
        restore(home, target)
    assert not (home.folder / "state.db").exists()


def test_postgresql_makes_its_own(tmp_path: Path, shop: Settings):
    with pytest.raises(ConflictError):
        back_up(msgspec.structs.replace(shop, database_url="postgresql://x/y"), tmp_path / "b")
    with pytest.raises(NotFoundError):
        back_up(Settings(home=str(tmp_path / "nowhere")), tmp_path / "b")
