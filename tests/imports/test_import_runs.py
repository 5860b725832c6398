import csv
import json
import subprocess
import sys
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kikubari.collect.imports import AppendResult, ImportOptions, RejectedMessage
from kikubari.collect.imports.message_ids import OccurrenceCounter
from kikubari.spec.errors import UnavailableError

FIXTURE_OK = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
EVENTS_HEAD = "event,user_id,timestamp,properties.n\n"
ORDERS_HEAD = "order_id,customer_id,ordered_at,product_id,price,quantity\n"


def event_rows(numbers):
    return EVENTS_HEAD + "".join(
        f"Product Viewed,C{n % 3},2026-11-{1 + n % 20:02},{n}\n" if n else "broken\n"
        for n in numbers
    )


def order_rows(numbers):
    lines = []
    for n in numbers:
        price = n or "x"
        lines += [f"O{n},C1,2026-11-01,P{line},{price},1\n" for line in range(1 + n % 3)]
    return ORDERS_HEAD + "".join(lines)


def errors_of(importing):
    if not importing.errors_path.exists():
        return []
    text = importing.errors_path.read_text(encoding="utf-8-sig")
    return list(csv.reader(text.splitlines()))[1:]


def test_the_same_file_twice_changes_nothing(importing):
    text = event_rows([1, 2, 2, 2, 3])
    first = importing.run("events", text)
    log = dict(importing.sink.log)
    second = importing.run("events", text)
    assert (first.accepted, first.duplicates) == (5, 0)
    assert (second.accepted, second.duplicates) == (0, 5)
    assert importing.sink.log == log


def test_a_changed_row_is_a_correction(importing):
    importing.run("customers", "customer_id,city\n1,Paris\n2,Rome\n")
    report = importing.run("customers", "customer_id,city\n1,Lyon\n2,Rome\n")
    assert (report.accepted, report.duplicates) == (1, 1)


def test_identical_statements_count_once_and_identical_events_each_time(importing):
    assert importing.run("customers", "customer_id,city\n1,Paris\n1,Paris\n").accepted == 1
    assert importing.run("events", event_rows([7, 7])).accepted == 2


@given(
    numbers=st.lists(st.integers(0, 6), max_size=25),
    kind=st.sampled_from(["events", "orders"]),
    batch_rows=st.integers(1, 5),
    fail_at=st.integers(0, 12),
    after_keeping=st.booleans(),
)
@FIXTURE_OK
def test_an_interrupted_run_ends_as_one_that_was_not(
    new_importing, *, numbers, kind, batch_rows, fail_at, after_keeping
):
    text = event_rows(numbers) if kind == "events" else order_rows(numbers)
    whole, broken = new_importing(), new_importing()
    expected = whole.run(kind, text, batch_rows=batch_rows)
    broken.sink.fail_at, broken.sink.fails_after_keeping = fail_at, after_keeping
    try:
        report = broken.run(kind, text, batch_rows=batch_rows)
    except UnavailableError:
        broken.sink.fail_at = None
        report = broken.run(kind, text, batch_rows=batch_rows)
    assert broken.sink.log == whole.sink.log
    assert list(broken.sink.log) == list(whole.sink.log)
    assert errors_of(broken) == errors_of(whole)
    assert (report.rows, report.messages) == (expected.rows, expected.messages)
    assert (report.problems, report.problem_codes) == (expected.problems, expected.problem_codes)


def test_what_was_acknowledged_is_not_sent_again(importing):
    text = "customer_id,city\n" + "".join(f"{n},Paris\n" for n in range(100))
    importing.sink.fail_at = 5
    with pytest.raises(UnavailableError):
        importing.run("customers", text, batch_rows=10)
    importing.sink.fail_at = None
    report = importing.run("customers", text, batch_rows=10)
    assert report.resumed_from_line == 51
    assert len(importing.sink.batches) == 10
    assert importing.run("customers", text).resumed_from_line is None


def test_another_mapping_or_content_does_not_resume(importing):
    text = "customer_id,city\n1,Paris\n2,Rome\n"
    importing.sink.fail_at = 1
    with pytest.raises(UnavailableError):
        importing.run("customers", text, batch_rows=1)
    importing.sink.fail_at = None
    other = importing.run("customers", text, maps={"city": "traits.town"}, batch_rows=1)
    assert other.resumed_from_line is None
    assert importing.run("customers", text + "3,Oslo\n", batch_rows=1).resumed_from_line is None
    assert importing.run("customers", text, batch_rows=1).resumed_from_line == 2


KILLED = """
import json, os, sys
from pathlib import Path
from kikubari.collect.imports import *
folder = Path(sys.argv[1])
class Sink:
    def append(self, messages, progress):
        with (folder / "log.jsonl").open("a") as log:
            for message in messages:
                log.write(json.dumps(message) + "\\n")
        with (folder / "batches").open("a") as batches:
            batches.write(".")
        return AppendResult(len(messages))
source = open_rows(folder / "file.csv")
mapping = guess_mapping(ImportKind.ORDERS, source)
run_import(source, mapping, Sink(), FileCheckpoints(folder / "checkpoints"), batch_rows=7,
           errors_path=folder / "errors.csv")
"""


def test_kill_9_in_the_middle_loses_and_doubles_nothing(importing):
    text = order_rows([*range(1, 1500), 0])
    importing.file(text)
    command = [sys.executable, "-c", KILLED, str(importing.folder)]
    batches = importing.folder / "batches"
    for target in (3, 30, 90):
        process = subprocess.Popen(command)
        while process.poll() is None and size(batches) < target:
            time.sleep(0.001)
        process.kill()
        process.wait()
    subprocess.run(command, check=True)
    sent = [
        json.loads(line)["messageId"]
        for line in (importing.folder / "log.jsonl").read_text().splitlines()
        if line.endswith("}")
    ]
    importing.run("orders", importing.folder / "file.csv", errors_path=None)
    assert set(sent) == set(importing.sink.log)
    # At most the batch in flight at each kill is sent again.
    assert len(sent) <= len(set(sent)) + 3 * 7
    assert [row[0] for row in errors_of(importing)] == [str(text.count("\n"))]


def size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def test_a_dry_run_checks_everything_and_sends_nothing(importing):
    report = importing.run("events", event_rows([1, 0, 2]), dry_run=True)
    assert report.dry_run
    assert (report.rows, report.messages, report.accepted) == (3, 2, 0)
    assert report.problem_codes == {"ragged_row": 1}
    assert importing.sink.batches == []
    assert not (importing.folder / "checkpoints").exists()


def test_the_error_file_is_safe_for_spreadsheets(importing):
    formula = "=cmd|' /C calc'!A0"
    rows = [formula, "＝1+1", "@SUM(1)", "\t=1", "x" * 500, '"a\nb"']
    report = importing.run("customers", "id,email\n" + "".join(f"{n},{cell}\n" for n, cell in
                           enumerate(rows)))  # fmt: skip
    assert report.error_file == str(importing.errors_path)
    found = errors_of(importing)
    assert [row[0] for row in found] == ["2", "3", "4", "5", "6", "7"]
    assert found[0][4] == f"'{formula}"
    for row in found:
        for cell in row:
            assert not cell.lstrip().startswith(("=", "+", "-", "@", "＝"))
            assert len(cell) <= 200
    assert importing.errors_path.read_bytes().startswith(b"\xef\xbb\xbf")


def test_an_older_list_of_errors_is_replaced_and_other_files_are_not_touched(importing):
    importing.run("events", event_rows([0]))
    assert errors_of(importing)
    report = importing.run("events", event_rows([1]))
    assert report.error_file is None
    assert not importing.errors_path.exists()
    importing.errors_path.write_text("mine")
    with pytest.raises(UnavailableError, match="is there already") as caught:
        importing.run("events", event_rows([0]))
    assert "--errors" in caught.value.hint
    assert importing.errors_path.read_text() == "mine"


def test_exit_status(importing):
    assert importing.run("events", event_rows([1])).exit_status() == 0
    some = importing.run("events", event_rows([0, 1]))
    assert (some.exit_status(), some.exit_status(is_strict=True)) == (0, 1)
    assert importing.run("events", event_rows([0])).exit_status() == 1
    assert importing.run("events", EVENTS_HEAD).exit_status() == 0


def test_what_the_server_refuses_is_told_with_its_line(importing):
    class Refusing:
        def append(self, messages, progress):
            return AppendResult(len(messages) - 1, 0, (RejectedMessage(1, "too_deep", "no"),))

    importing.sink = Refusing()
    report = importing.run("events", event_rows([1, 2, 3]))
    assert (report.messages, report.accepted, report.problems) == (2, 2, 1)
    assert [(p.line, p.code) for p in report.first_problems] == [(3, "too_deep")]


def test_a_sink_that_cannot_tell_duplicates(importing):
    class Blind:
        def append(self, messages, progress):
            return AppendResult(len(messages))

    importing.sink = Blind()
    assert importing.run("events", event_rows([1, 2])).duplicates is None


def test_batches_stay_within_the_servers_limits(importing):
    rows = "".join(f"{n},{'x' * 20_000}\n" for n in range(60))
    importing.run("customers", f"customer_id,note\n{rows}")
    assert [len(json.dumps(batch)) <= 500_000 for batch in importing.sink.batches]
    assert max(len(json.dumps(batch)) for batch in importing.sink.batches) <= 500_000
    assert len(importing.sink.messages) == 60


def test_values_no_event_may_hold(importing):
    lines = [
        {"customer_id": "1", "note": "x" * 130_900},
        {"customer_id": "2", "note": "a\0b"},
        {"customer_id": "3", "note": "fine"},
    ]
    report = importing.run("customers", "\n".join(map(json.dumps, lines)), name="c.jsonl")
    assert [(p.line, p.code) for p in report.first_problems] == [
        (1, "event_too_large"),
        (2, "nul_byte"),
    ]
    assert [message["userId"] for message in importing.sink.messages] == ["3"]


def test_progress_reaches_the_end_of_the_file(importing):
    seen = []
    rows = "".join(f"{n},Paris\n" for n in range(1000))
    importing.run("customers", f"customer_id,city\n{rows}", progress=seen.append, batch_rows=100)
    assert [one.rows for one in seen] == list(range(100, 1001, 100))
    assert seen[-1].bytes_read == seen[-1].bytes_total
    assert sorted(seen, key=lambda one: one.bytes_read) == seen


def test_the_zone_is_part_of_what_a_row_says(importing):
    from zoneinfo import ZoneInfo

    text = "event,user_id,timestamp\nX,1,2026-01-01 09:00\n"
    utc = importing.one("events", text)
    tokyo = importing.one("events", text, options=ImportOptions(zone=ZoneInfo("Asia/Tokyo")))
    assert (utc["timestamp"], tokyo["timestamp"]) == (
        "2026-01-01T09:00:00Z",
        "2026-01-01T00:00:00Z",
    )


@given(st.lists(st.binary(min_size=8, max_size=8), max_size=50))
def test_occurrences_are_counted_exactly(digests):
    # The highest bit is not part of a key.
    keys = [bytes([digest[0] & 0x7F]) + digest[1:] for digest in digests]
    with OccurrenceCounter() as counter:
        found = [counter.count_again(digest) for digest in digests]
    assert found == [keys[:index].count(key) for index, key in enumerate(keys)]
