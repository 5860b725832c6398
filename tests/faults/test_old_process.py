"""A process of the version before, while the next one brings the data to another schema.

It keeps the next version away for as long as it is at work. If it was cut off meanwhile, it does
nothing more: it says so and ends, and what waited is sent by the next version.
"""

import os
import re
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import psycopg
import pytest
from old_worker import cut_off, upgrade, write_next_version
from product import Product, running_product

from kikubari.storage.migrate import SCRIPTS
from postgres_server import own_database

# The next version is this one with one migration more.
_NEXT_VERSION = """
import sys
from pathlib import Path
import kikubari.storage
from kikubari.cli.main import main
sys.modules["kikubari.storage.migrate"].SCRIPTS = Path(sys.argv.pop(1))
main()
"""
_VERSION = "SELECT version_num FROM alembic_version"
_PATIENCE_SECONDS = 60.0


@pytest.fixture(scope="module")
def scripts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The next version's migrations."""
    return write_next_version(tmp_path_factory.mktemp("next") / "migrations")


def before() -> str:
    [first] = (SCRIPTS / "versions").glob("0*.py")
    [revision] = re.findall(r'^revision.* = "(\w+)"', first.read_text(), re.MULTILINE)
    return str(revision)


def start_next(scripts: Path, environment: dict[str, str]) -> subprocess.CompletedProcess[str]:
    """Start the next version where it must be refused; return what it said."""
    command = [sys.executable, "-c", _NEXT_VERSION, str(scripts), "serve"]
    return subprocess.run(
        command, env=environment, capture_output=True, text=True, check=False, timeout=120
    )


def test_a_folder_in_use_is_not_upgraded(tmp_path: Path, scripts: Path) -> None:
    with running_product(tmp_path / "home") as product:
        refused = start_next(scripts, product.environment)
        assert refused.returncode == 2
        assert "another process has" in refused.stderr
        assert product.admin.get("/api/broadcasts").status_code == 200
    with closing(sqlite3.connect(tmp_path / "home" / "state.db")) as connection:
        assert connection.execute(_VERSION).fetchone() == (before(),)


@pytest.fixture
def database(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with own_database(postgres_url) as url:
        monkeypatch.setenv("KIKUBARI_DATABASE_URL", url)
        yield url


def version(database: str) -> str:
    with psycopg.connect(database) as connection:
        [found] = connection.execute(_VERSION).fetchone() or ("",)
    return str(found)


@pytest.mark.postgres
def test_a_data_base_in_use_is_not_upgraded(tmp_path: Path, scripts: Path, database: str) -> None:
    with running_product(tmp_path / "home") as product:
        elsewhere = {**product.environment, "KIKUBARI_HOME": str(tmp_path / "elsewhere")}
        refused = start_next(scripts, elsewhere)
        assert refused.returncode == 2
        assert "processes of the version before are still at work" in refused.stderr
        assert version(database) == before()
        assert product.admin.get("/api/broadcasts").status_code == 200


@contextmanager
def serving(home: Path, errors: Path) -> Iterator[Product]:
    """Start the product; its end is the test's business."""
    environment = {**os.environ, "KIKUBARI_HOME": str(home), "KIKUBARI_PORT": "0"}
    command = [sys.executable, "-m", "kikubari", "serve"]
    with (
        errors.open("w") as file,
        subprocess.Popen(command, env=environment, stderr=file) as process,
    ):
        try:
            product = Product(home, process)
            with closing(product.admin):
                yield product
        finally:
            process.kill()


@pytest.mark.postgres
def test_who_was_cut_off_during_an_upgrade_says_so_and_ends(
    tmp_path: Path, scripts: Path, database: str
) -> None:
    errors = tmp_path / "errors"
    with serving(tmp_path / "home", errors) as product:
        product.process.send_signal(signal.SIGSTOP)
        cut_off(database)
        assert upgrade(database, scripts) == "done"
        product.process.send_signal(signal.SIGCONT)
        assert product.process.wait(_PATIENCE_SECONDS) == 2
    assert "(schema_changed)" in errors.read_text()
