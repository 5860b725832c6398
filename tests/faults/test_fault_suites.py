"""The short form of every fault suite; broadcasts have a test of their own."""

import json
import os
from pathlib import Path

import msgspec
import pytest
from ingest_kill import STATES
from restored_backup import check_by_hand

from run import SUITES, Suite, run

BY_NAME = {suite.name: suite for suite in SUITES}


def run_short(name: str) -> dict:
    """Run a suite; what this machine does not let us do is skipped, except where it must work."""
    done = run(BY_NAME[name], is_long=False)
    is_impossible = not done.stdout and "Traceback" not in done.stderr
    if is_impossible and not os.environ.get("CI"):
        pytest.skip(done.stderr.strip())
    if done.returncode:
        pytest.fail(f"{name}: {done.stdout}\n{done.stderr[-3_000:]}", pytrace=False)
    return json.loads(done.stdout)


@pytest.mark.slow
def test_no_kill_loses_or_doubles_an_acknowledged_event():
    found = run_short("ingestion")
    assert found["n_kills"] == 40 + 12 + 6
    assert found["verdict"]["n_acknowledged"] > 300
    assert found["kills_by_state"]["waiting"] >= 10
    assert found["kills_by_state"]["unanswered"] >= 10
    assert set(found["kills_by_state"]) <= set(STATES)
    assert len(found["points"]) >= 6


@pytest.mark.slow
def test_the_harness_sees_an_event_that_was_acknowledged_too_early():
    broken = Suite("", "ingest_kill.py", ("--kills", "8", "--points", "0", "--calls", "0"), ())
    done = run(msgspec.structs.replace(broken, short=(*broken.short, "--broken")), is_long=False)
    assert done.returncode == 1
    assert json.loads(done.stdout)["verdict"]["lost"]


@pytest.mark.slow
def test_a_server_that_fails_at_any_phase_harms_nobody_else():
    found = run_short("bad servers")
    phases = {kind.split(":")[0] for kind in found["n_faults"]}
    assert phases == {"greeting", "ehlo", "mail", "rcpt", "data", "final_dot"}
    assert found["states"].keys() == {"sent", "failed", "unknown"}


@pytest.mark.slow
def test_endpoints_that_hang_fail_or_flood_slow_down_no_other():
    found = run_short("bad endpoints")
    assert found["by_kind"].keys() == {"ok", "hang", "fail", "flood"}
    assert found["by_kind"]["ok"].keys() == {"2"}


@pytest.mark.slow
def test_what_is_paused_cancelled_or_suppressed_does_not_leave_any_more():
    found = run_short("orders")
    assert found["n_orders"].keys() == {"pause", "resume", "suppress", "cancel", "edit"}
    assert sum(found["n_orders"].values()) == 30
    assert found["states"]["skipped"] > 0


@pytest.mark.slow
def test_ten_times_too_much_is_refused_politely_and_got_over():
    found = run_short("overload")
    assert found["offered_times"] >= 1.5
    assert found["n_mails"] > 40
    assert found["verdict"]["n_acknowledged"] > 1_000


@pytest.mark.slow
def test_a_restored_back_up_sends_nothing_twice():
    found = run_short("restored back-up")
    assert found["n_waiting"] >= 10
    assert found["n_delivered"] >= 4 * 40


@pytest.mark.slow
def test_the_harness_sees_a_copy_made_behind_the_products_back(tmp_path: Path):
    assert check_by_hand(tmp_path)


@pytest.mark.slow
def test_the_copy_equals_the_log_after_any_kill():
    found = run_short("copy")
    assert found["n_kills_within_a_range"] >= 2
    assert found["n_moves"] > 0


@pytest.mark.slow
def test_a_full_disk_is_told_and_recovered_from():
    assert [case["case"] for case in run_short("disk full")] == ["intake", "log", "both"]


@pytest.mark.slow
@pytest.mark.postgres
def test_postgresql_may_restart_at_any_moment():
    found = run_short("postgresql")
    assert found["ingestion"]["answers"]["200"] > 20
    assert found["sending"]["mail"]["states"]["sent"] > 100


@pytest.mark.slow
@pytest.mark.postgres
def test_a_line_to_postgresql_that_is_cut_heals_by_itself():
    found = run_short("cut line")
    assert found["mail"]["states"]["sent"] > 200


@pytest.mark.slow
@pytest.mark.postgres
def test_a_worker_that_wakes_sends_nothing_that_another_took_over():
    found = run_short("frozen workers")
    assert found["mail"]["n_taken_over"] >= 10
    assert found["mail"]["states"]["sent"] > 200


@pytest.mark.slow
@pytest.mark.postgres
def test_a_worker_of_the_version_before_sends_nothing_beside_a_new_schema():
    found = run_short("old worker")
    assert found["n_sent_before"] >= 30
    assert found["mail"]["states"]["sent"] > 140


@pytest.mark.slow
@pytest.mark.postgres
def test_the_harness_sees_a_worker_without_a_fence():
    """One freeze in a few finds a worker between its claim and the gate."""
    broken = Suite("", "frozen_workers.py", ("--freezes", "1", "--broken"), ())
    tries = (run(broken, is_long=False) for _ in range(4))
    assert any(json.loads(done.stdout)["mail"]["duplicates"] for done in tries if done.returncode)


def test_every_script_here_is_run(request: pytest.FixtureRequest):
    folder = Path(__file__).parent
    scripts = {path.name for path in folder.glob("*.py") if "--" in path.read_text()}
    runners = {"run.py", "product.py", "test_fault_suites.py"}
    named = {suite.script for suite in SUITES}
    assert {
        name for name in scripts if "argparse" in (folder / name).read_text()
    } <= named | runners


@pytest.mark.slow
def test_no_kill_gives_anybody_two_letters_of_an_experiment():
    found = run_short("letters")
    assert found["several"] == []
    assert set(found["letters"]) == {"a", "b", "c"}
