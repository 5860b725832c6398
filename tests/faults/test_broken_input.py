"""Broken and hostile requests, and files that are not what they say, against the whole product.

Whatever comes: a clear answer with a stable code, the good events beside it kept, the server as
it was.
"""

import gzip
import json
import os
import socket
import subprocess
import sys
from base64 import b64encode
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
from product import Product, running_product

from kikubari.cli import main

pytestmark = pytest.mark.slow
MEBIBYTE = 1 << 20


@pytest.fixture(scope="module")
def product(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Product]:
    with running_product(tmp_path_factory.mktemp("home")) as running:
        yield running
        # After all of it: the loops work, and log and copy hold the same.
        health = running.wait_until_copied()
        assert health["is_ready"], health
        checked = running.admin.get("/api/doctor").json()
        assert checked["is_equal"]
        assert checked["copy_of_log"]["copied"] == health["log_position"] > 0


class Answer(msgspec.Struct):
    """What came back before the connection ended; status 0: nothing."""

    status: int
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        return json.loads(self.body)


class Wire:
    """Requests byte by byte."""

    def __init__(self, product: Product) -> None:
        self.product = product
        credentials = b64encode(f"{product.write_key}:".encode()).decode()
        self._head = (
            "POST /v1/batch HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
            f"Authorization: Basic {credentials}\r\n"
        )
        self._count = 0

    def request(self, body: bytes, *headers: str, length: str | None = None) -> bytes:
        lines = [*headers, f"Content-Length: {len(body) if length is None else length}"]
        return (self._head + "\r\n".join(lines) + "\r\n\r\n").encode() + body

    def chunked(self, body: bytes) -> bytes:
        return (self._head + "Transfer-Encoding: chunked\r\n\r\n").encode() + body

    def send(self, data: bytes, *, is_half_closed: bool = False) -> Answer:
        received = b""
        with socket.create_connection(self.product.address, timeout=30) as connection:
            try:
                connection.sendall(data)
                if is_half_closed:
                    connection.shutdown(socket.SHUT_WR)
                while part := connection.recv(65_536):
                    received += part
            except (ConnectionResetError, BrokenPipeError):
                pass  # it need not read what it refused
        head, _, body = received.partition(b"\r\n\r\n")
        return Answer(int(head.split(b" ")[1]) if head else 0, body)

    def send_beside_a_good_one(self, message: bytes) -> Answer:
        return self.send(self.request(b'{"batch":[%s,%s]}' % (message, self.good())))

    def good(self) -> bytes:
        self._count += 1
        good = {"type": "track", "event": "Viewed", "userId": "u", "messageId": f"g{self._count}"}
        return json.dumps(good).encode()

    def check_alive(self) -> None:
        answer = self.send(self.request(b'{"batch":[%s]}' % self.good()))
        assert (answer.status, answer.json) == (200, {"success": True})


@pytest.fixture
def wire(product: Product) -> Iterator[Wire]:
    wire = Wire(product)
    yield wire
    wire.check_alive()
    assert product.process.poll() is None


def message(properties: bytes, event: bytes = b"Viewed") -> bytes:
    return b'{"type":"track","event":"%s","userId":"u","messageId":"bad","properties":%s}' % (
        event,
        properties,
    )


@pytest.mark.parametrize(
    ("bad", "code"),
    [
        (message(b'{"a":1e400}'), "number_out_of_range"),
        (message(b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "event_too_large"),
        (message(b'{"a":' + b"[" * 10_000 + b"]" * 10_000 + b"}"), "too_deep"),
        (message(b"{}", event=b"a\0b"), "invalid_json"),
        (message(b"{}", event=b"\xff\xfe"), "invalid_encoding"),
        (message(b"{}", event=b"\xed\xa0\x80"), "invalid_encoding"),
        (message(b'{"a":NaN}'), "invalid_json"),
        (message(b'{"a":"%s"}' % (b"x" * 40_000)), "event_too_large"),
        (b"null", "invalid_field"),
        (b"7" * 20_000, "number_out_of_range"),
    ],
)
def test_a_bad_message_costs_only_itself(wire: Wire, bad: bytes, code: str):
    answer = wire.send_beside_a_good_one(bad)
    assert answer.status == 200
    assert (answer.json["accepted"], answer.json["rejected"]) == (1, 1)
    assert [error["code"] for error in answer.json["errors"]] == [code]


def test_numbers_of_any_length_are_kept(wire: Wire):
    answer = wire.send_beside_a_good_one(message(b'{"a":1%s}' % (b"0" * 400)))
    assert (answer.status, answer.json) == (200, {"success": True})


@pytest.mark.parametrize(
    ("body", "headers", "status", "code"),
    [
        (
            gzip.compress(b'{"batch":[]}', mtime=0)[:-9],
            ["Content-Encoding: gzip"],
            400,
            "invalid_gzip",
        ),
        (b"\x1f\x8b" + os.urandom(500), ["Content-Encoding: gzip"], 400, "invalid_gzip"),
        (gzip.compress(bytes(100 * MEBIBYTE)), ["Content-Encoding: gzip"], 413, "too_large"),
        (b"{}", ["Content-Encoding: br"], 415, "unsupported_encoding"),
        ('{"batch":[]}'.encode("utf-16"), [], 400, "invalid_json"),
        (b"\0" * 1_000, [], 400, "invalid_json"),
        (b"[" * 100_000, [], 400, "invalid_field"),
        # Brackets or quotes that never close leave no telling where a message ends.
        (b'{"batch":[' + message(b'{"a":' + b"[" * 10_000 + b"}") + b"]}", [], 400, "too_deep"),
        (b'{"batch":[' + message(b'{"a":""""}') + b"]}", [], 400, "invalid_json"),
        (b" " * 600_000, [], 413, "too_large"),
        (b"", [], 400, "invalid_json"),
    ],
)
def test_a_body_that_is_not_a_batch_is_refused(
    wire: Wire, body: bytes, headers: list[str], status: int, code: str
):
    answer = wire.send(wire.request(body, *headers))
    assert (answer.status, answer.json["code"]) == (status, code)


def test_a_gzip_bomb_costs_no_memory(wire: Wire, product: Product):
    bomb = wire.request(gzip.compress(bytes(200 * MEBIBYTE)), "Content-Encoding: gzip")
    before = product.resident_mebibytes()
    for _ in range(5):
        assert wire.send(bomb).status == 413
    assert product.resident_mebibytes() - before < 50


@pytest.mark.parametrize("length", ["3", "-5", "abc", "1" + "0" * 30, "12, 13", ""])
def test_a_wrong_content_length_is_refused(wire: Wire, length: str):
    answer = wire.send(wire.request(b'{"batch":[%s]}' % wire.good(), length=length))
    assert answer.status == 400


@pytest.mark.parametrize(
    "headers", [["Content-Length: 5"], ["Transfer-Encoding: chunked"], ["Content-Length: 0"]]
)
def test_two_ways_to_tell_the_length_are_refused(wire: Wire, headers: list[str]):
    """Else a proxy in front could take for one request what is two for us."""
    answer = wire.send(wire.request(b'{"batch":[%s]}' % wire.good(), *headers))
    assert answer.status == 400


def test_a_body_shorter_than_told_is_not_taken(wire: Wire, product: Product):
    wire.check_alive()
    before = product.wait_until_copied()["log_position"]
    body = b'{"batch":[%s]}' % wire.good()
    answer = wire.send(wire.request(body, length="5000"), is_half_closed=True)
    assert answer.status in (0, 400)
    assert product.wait_until_copied()["log_position"] == before


def test_a_half_closed_connection_harms_nobody(wire: Wire):
    answer = wire.send(wire.request(b'{"batch":[%s]}' % wire.good()), is_half_closed=True)
    assert answer.status in (0, 200)


@pytest.mark.parametrize(
    "data",
    [
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 100,  # TLS
        b"SSH-2.0-OpenSSH_9.2\r\n",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"POST /v1/batch HTTP/1.1\r\nHo st: x\r\n\r\n",
        b"POST /v1/batch HTTP/1.1\r\nHost: a\0b\r\n\r\n",
        b"POST /v1/batch HTTP/9.9\r\n\r\n",
        b"\0" * 10_000,
    ],
)
def test_what_is_not_http_is_refused(wire: Wire, data: bytes):
    assert wire.send(data).status == 400


def test_a_broken_chunk_is_refused(wire: Wire):
    assert wire.send(wire.chunked(b"zz\r\nabc\r\n")).status == 400


@pytest.mark.parametrize(
    "head",
    [
        b"POST /v1/%s HTTP/1.1\r\n" % (b"a" * MEBIBYTE),
        b"GET / HTTP/1.1\r\n" + b"X: y\r\n" * MEBIBYTE,
    ],
)
def test_a_head_without_end_is_refused_before_it_fills_the_memory(
    wire: Wire, product: Product, head: bytes
):
    before = product.resident_mebibytes()
    answer = wire.send(head)
    assert answer.status in (0, 431)
    assert product.resident_mebibytes() - before < 30


def test_good_events_pass_many_that_dawdle(wire: Wire, product: Product):
    dawdlers = []
    try:
        for number in range(300):
            dawdler = socket.create_connection(product.address, timeout=30)
            dawdler.sendall(wire.request(b"{")[: 20 + number] if number % 2 else b"P")
            dawdlers.append(dawdler)
        wire.check_alive()
    finally:
        for dawdler in dawdlers:
            dawdler.close()


# Files, by the command line


class Import(msgspec.Struct):
    """What a command did."""

    status: int
    report: dict[str, Any]
    told: str


RunImport = Callable[[Path], Import]


@pytest.fixture
def run_import(
    product: Product, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> RunImport:
    """`kikubari import customers FILE --json`, which talks to the running product."""
    for name, value in product.environment.items():
        monkeypatch.setenv(name, value)

    def run(file: Path) -> Import:
        monkeypatch.setattr(sys, "argv", ["kikubari", *import_command(file)])
        capfd.readouterr()
        with pytest.raises(SystemExit) as ended:
            main()
        out, told = capfd.readouterr()
        return Import(int(ended.value.code or 0), json.loads(out) if out else {}, told)

    return run


def import_command(file: Path) -> list[str]:
    return ["import", "customers", str(file), "--json"]


# Of a child that was started from the suite the kernel would count the suite's own memory.
PEAK_OF_CHILD = """
import resource, subprocess, sys
subprocess.run(sys.argv[1:])
print()
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss, end="")
"""
HEAD = b"customer_id,email,name\n"
GOOD = b"c1,c1@shop.example,Ann\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("utf16.csv", (HEAD + GOOD).decode().encode("utf-16")),
        ("broken.xlsx", b"PK\x03\x04" + os.urandom(2_000)),
        ("broken.parquet", b"PAR1" + os.urandom(2_000)),
        ("empty.csv", b""),
        ("bytes.csv", HEAD + GOOD + b"c2,c2@shop.example,\x81\n"),
        ("nothing.csv.gz", b"\x1f\x8b\x08"),
    ],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(
    run_import: RunImport, wire: Wire, tmp_path: Path, name: str, content: bytes
):
    file = tmp_path / name
    file.write_bytes(content)
    done = run_import(file)
    assert done.status == 2
    assert "(invalid_input)" in done.told


@pytest.mark.parametrize(
    ("name", "content", "n_good"),
    [
        ("nul.csv", HEAD + GOOD + b"c2,c2@shop.example,A\0B\n" + b"c3,c3@shop.example,C\n", 2),
        ("quote.csv", HEAD + GOOD + b'c2,"c2@shop.example,B\n' + b"c3,c3@shop.example,C\n" * 9, 1),
        ("wide.csv", HEAD + GOOD + b"c2," + b"x," * 20_000 + b"\nc3,c3@shop.example,C\n", 2),
        (
            "deep.jsonl",
            b'{"customer_id":"c1"}\n{"customer_id":"c2","x":%s}\n{"customer_id":"c3"}\n'
            % (b"[" * 100_000 + b"]" * 100_000),
            2,
        ),
        (
            "huge.jsonl",
            b'{"customer_id":"c1"}\n{"customer_id":"c2","x":1e400}\n{"customer_id":"c3"}\n',
            2,
        ),
        ("whole.csv.gz", gzip.compress(HEAD + GOOD, mtime=0), 1),
    ],
)
def test_the_good_rows_of_a_broken_file_are_taken(
    run_import: RunImport, tmp_path: Path, name: str, content: bytes, n_good: int
):
    file = tmp_path / name
    file.write_bytes(content)
    done = run_import(file)
    assert done.status in (0, 1, 2), done
    assert done.report["accepted"] >= n_good, done
    if done.report["problems"]:
        problem = done.report["first_problems"][0]
        assert problem["line"] > 0
        assert problem["code"]
        assert Path(done.report["error_file"]).exists()


def test_a_file_cut_short_gives_what_came_before(run_import: RunImport, tmp_path: Path):
    rows = b"".join(
        b"c%d,c%d@shop.example,%s\n" % (n, n, os.urandom(20).hex().encode()) for n in range(8_000)
    )
    file = tmp_path / "cut.csv.gz"
    file.write_bytes(gzip.compress(HEAD + rows)[:-100_000])
    done = run_import(file)
    assert done.status == 2
    assert "cannot be read beyond byte" in done.told


def test_a_cell_of_a_gigabyte_costs_no_memory(product: Product, wire: Wire, tmp_path: Path):
    """A tenth of one here; the reader never holds more than a bound of it."""
    file = tmp_path / "cell.csv.gz"
    with gzip.open(file, "wb", compresslevel=1) as cells:
        cells.write(HEAD + GOOD + b'c2,c2@shop.example,"')
        for _ in range(100):
            cells.write(b"x" * MEBIBYTE)
        cells.write(b'"\nc3,c3@shop.example,C\n')
    command = [sys.executable, "-c", PEAK_OF_CHILD, sys.executable, "-m", "kikubari"]
    done = subprocess.run(
        [*command, *import_command(file)],
        env=product.environment,
        stdout=subprocess.PIPE,
        text=True,
        check=False,
    )
    printed, peak_kib = done.stdout.rsplit("\n", 1)
    report = json.loads(printed)
    assert report["problem_codes"] == {"row_too_long": 1}
    assert report["accepted"] == 2
    assert int(peak_kib) < 256 * 1024
