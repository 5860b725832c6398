"""Every benchmark runs at a tiny scale, and generated data is what the product would have made."""

import subprocess
import sys
from pathlib import Path

import msgspec
import pytest

from kikubari.events import Copier, EventLog, RangeEncoder
from kikubari.profiles import IdentityNumbering, InstanceKey, PersonKeys
from kikubari.storage import ColumnarStore, SqliteStateStore

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def run_script(name: str, *options: str) -> str:
    command = [sys.executable, str(BENCHMARKS / name), *options]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


@pytest.mark.slow
def test_benchmarks_run_and_leave_their_figures(tmp_path: Path):
    results = tmp_path / "results"
    options = ["--scale", "0.0001", "--folder", str(tmp_path / "heavy"), "--results", str(results)]
    names = {
        "ingest", "segments", "segments_postgres", "one_person", "pipeline", "broadcast",
    }  # fmt: skip
    printed = run_script("run.py", *names, *options)
    for name in names:
        report = msgspec.json.decode((results / f"{name}.json").read_bytes())
        assert report["benchmark"] == name
        # At this size the sink may take less than a tick of the processor's clock.
        figures = [one for one in report["figures"] if one["name"] != "CPU of the sink"]
        assert all(figure["value"] > 0 for figure in figures)
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


@pytest.mark.slow
def test_a_generated_home_is_made_once_and_holds_what_the_product_would_have_made(tmp_path: Path):
    options = [str(tmp_path), "--events", "6000", "--profiles", "300"]
    assert "generated in" in run_script("generate.py", *options)
    again = run_script("generate.py", *options, "--check")
    assert "generated in" not in again
    assert "expected=6000" in again
    (home,) = tmp_path.iterdir()
    # One process has one columnar folder, and this one has had its own.
    command = [sys.executable, "-c", CHECKER, str(Path(__file__).parent), str(home)]
    subprocess.run(command, check=True)


def compare_with_rebuilt(home: Path) -> None:
    """Rebuild the copy from the log and demand the same rows."""
    state = SqliteStateStore(home / "state.db")
    columnar = ColumnarStore(f"chdb://{home / 'copy'}")
    keys = PersonKeys(InstanceKey.load_or_create(home / "keys" / "instance.key"))
    log = EventLog(state, keys)
    copier = Copier(state, columnar, log, IdentityNumbering(), RangeEncoder(log, currency="JPY"))
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
