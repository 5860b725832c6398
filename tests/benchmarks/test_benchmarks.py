"""Every benchmark runs at a tiny scale, and generated data is what the product would have made."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kikubari.events import Copier, EventLog
from kikubari.profiles import IdentityNumbering, InstanceKey, PersonKeys
from kikubari.storage import ColumnarStore, SqliteStateStore

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def run_script(name: str, *options: str) -> str:
    command = [sys.executable, str(BENCHMARKS / name), *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.parametrize(
    ("name", "n_figures"), [("ingest", 2), ("segments", 4), ("pipeline", 4), ("broadcast", 3)]
)
def test_a_benchmark_runs_and_leaves_its_figures(name: str, n_figures: int, tmp_path: Path):
    results = tmp_path / "results"
    options = ["--scale", "0.0001", "--folder", str(tmp_path / "heavy"), "--results", str(results)]
    printed = run_script("run.py", name, *options)
    report = msgspec.json.decode((results / f"{name}.json").read_bytes())
    assert report["benchmark"] == name
    assert len(report["figures"]) >= n_figures
    assert all(figure["value"] > 0 for figure in report["figures"])
    assert all(figure["name"] in printed for figure in report["figures"])
    assert not (tmp_path / "heavy").exists()


def test_an_unknown_benchmark_is_refused():
    with pytest.raises(subprocess.CalledProcessError) as failed:
        run_script("run.py", "nonsense")
    assert "no benchmark nonsense" in failed.value.stderr


CHECKER = """
import sys
from pathlib import Path
sys.path.insert(0, sys.argv[1])
from test_benchmarks import compare_with_rebuilt
compare_with_rebuilt(Path(sys.argv[2]))
"""


def test_generated_log_and_copy_are_equal_to_what_the_copier_makes(tmp_path: Path):
    printed = run_script(
        "generate.py", str(tmp_path), "--events", "6000", "--profiles", "300", "--check"
    )
    assert "expected=6000" in printed
    (home,) = tmp_path.iterdir()
    # One process has one columnar folder, and this one has had its own.
    command = [sys.executable, "-c", CHECKER, str(Path(__file__).parent), str(home)]
    subprocess.run(command, check=True)


def test_a_generated_home_is_made_once(tmp_path: Path):
    options = [str(tmp_path), "--events", "2000", "--profiles", "100"]
    first = run_script("generate.py", *options)
    again = run_script("generate.py", *options)
    assert "generated in" in first
    assert "generated in" not in again
    assert first.splitlines()[-1] == again.splitlines()[-1]


def compare_with_rebuilt(home: Path) -> None:
    """Rebuild the copy from the log and demand the same rows."""
    state = SqliteStateStore(home / "state.db")
    columnar = ColumnarStore(f"chdb://{home / 'copy'}")
    keys = PersonKeys(InstanceKey.load_or_create(home / "keys" / "instance.key"))
    copier = Copier(state, columnar, EventLog(state, keys), IdentityNumbering(), currency="JPY")
    generated = dump(columnar)
    copier.rebuild()
    while copier.run_once():
        pass
    rebuilt = dump(columnar)
    assert all(rows for rows in generated.values())
    assert generated == rebuilt
    columnar.close()
    state.close()


def dump(columnar: ColumnarStore) -> dict[str, list[tuple]]:
    tables = ("events", "traits", "consents", "profile_numbers")
    return {
        table: list(columnar.query_rows(f"SELECT * FROM {table} ORDER BY ALL")) for table in tables
    }
