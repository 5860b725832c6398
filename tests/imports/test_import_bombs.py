"""Files made to fill the memory: read to their end, or refused, within 256 MiB.

Cells of 48 MiB in every run, which a reader that keeps them would hold several times; of 1 GiB with
KIKUBARI_TEST_BOMB_MIB=1024, which needs as much room on the disk.
"""

import gzip
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

READER = Path(__file__).with_name("bomb_reader.py")
MIB = 1 << 20
BOMB_MIB = int(os.environ.get("KIKUBARI_TEST_BOMB_MIB", "48"))
N_COLUMNS = 10_000_000
MOST_MIB = 256
HEADER = b"id,note\n"

Pieces = Iterator[bytes]


def filled(piece: bytes) -> Pieces:
    """Yield a piece over and over: the bomb's size, in parts of a MiB."""
    part = piece * (MIB // len(piece))
    for _ in range(BOMB_MIB):
        yield part


def one_cell() -> Pieces:
    yield HEADER + b"1,"
    yield from filled(b"x")
    yield b"\n2,after\n"


def one_quoted_cell_of_lines() -> Pieces:
    yield HEADER + b'1,"'
    yield from filled(b"9,forged\n" + b"y" * 7)
    yield b'"\n2,after\n'


def quotes_within_quotes() -> Pieces:
    yield HEADER + b'1,"'
    yield from filled(b'""')
    yield b'"\n2,after\n'


def a_quote_never_closed() -> Pieces:
    yield HEADER + b'1,"'
    yield from filled(b"x" * 63 + b"\n")


def a_row_of_ten_million_columns() -> Pieces:
    yield HEADER + b"," * N_COLUMNS + b"\n2,after\n"


def a_header_of_ten_million_columns() -> Pieces:
    yield b"c," * N_COLUMNS + b"c\n1\n"


def one_line_without_end() -> Pieces:
    yield from filled(b"x")


def nothing_but_nul() -> Pieces:
    yield HEADER
    yield from filled(b"\0")
    yield b"\n2,after\n"


def lines_without_anything() -> Pieces:
    yield HEADER + b"1,before\n"
    yield b"\n" * (2 * MIB)  # each takes time, none takes memory
    yield b"2,after\n"


def utf16() -> Pieces:
    yield b"\xff\xfe"
    yield from filled("あ".encode("utf-16-le"))


def json_of_one_string() -> Pieces:
    yield b'{"id": 1}\n{"id": "'
    yield from filled(b"x")
    yield b'"}\n{"id": 2}\n'


def json_of_ten_million_keys() -> Pieces:
    yield b'{"id": 1}\n{'
    yield from (b'"%d":0,' % number for number in range(N_COLUMNS // 10))
    yield b'"z":0}\n{"id": 2}\n'


# What each comes to: rows read, codes of refused rows, the error that ended it.
BOMBS: dict[Callable[[], Pieces], tuple[int, dict[str, int], str]] = {
    one_cell: (1, {"row_too_long": 1}, ""),
    one_quoted_cell_of_lines: (1, {"row_too_long": 1}, ""),
    quotes_within_quotes: (1, {"row_too_long": 1}, ""),
    a_quote_never_closed: (0, {"row_too_long": 1}, ""),
    a_row_of_ten_million_columns: (1, {"row_too_long": 1}, ""),
    a_header_of_ten_million_columns: (0, {}, "too_large"),
    one_line_without_end: (0, {}, "too_large"),
    nothing_but_nul: (0, {}, "invalid_input"),  # as UTF-16 has it
    lines_without_anything: (2, {}, ""),
    utf16: (0, {}, "invalid_input"),
    json_of_one_string: (2, {"row_too_long": 1}, ""),
    json_of_ten_million_keys: (2, {"row_too_long": 1}, ""),
}


def read(path: Path) -> dict:
    done = subprocess.run(
        [sys.executable, READER, path], capture_output=True, text=True, check=False, timeout=600
    )
    assert done.returncode == 0, done.stderr
    told: dict = json.loads(done.stdout)
    return told


@pytest.mark.parametrize("bomb", BOMBS, ids=lambda bomb: bomb.__name__)
def test_no_file_takes_the_memory(tmp_path, bomb):
    name = "bomb.jsonl" if bomb.__name__.startswith("json") else "bomb.csv"
    path = tmp_path / name
    with path.open("wb") as file:
        file.writelines(bomb())
    told = read(path)
    path.unlink()
    assert (told["rows"], told["refused"], told["error"]) == BOMBS[bomb]
    assert told["peak_mib"] < MOST_MIB


def test_no_packed_file_takes_the_memory(tmp_path):
    path = tmp_path / "bomb.csv.gz"
    with gzip.open(path, "wb", compresslevel=9) as file:
        file.writelines(one_cell())
    told = read(path)
    # From 256 MiB on the ratio alone refuses it.
    expected = (0, {}, "too_large") if BOMB_MIB > MOST_MIB else (1, {"row_too_long": 1}, "")
    assert (told["rows"], told["refused"], told["error"]) == expected
    assert told["peak_mib"] < MOST_MIB


def test_the_reader_would_tell_of_much_memory(tmp_path):
    """What is measured moves: a process that keeps the bomb has more than is allowed."""
    keeps = "from bomb_reader import peak_mib; kept = bytearray(300 << 20);"
    keeps += "kept[::4096] = b'x' * len(kept[::4096]); print(peak_mib())"
    done = subprocess.run(
        [sys.executable, "-c", keeps],
        capture_output=True, text=True, check=True, cwd=READER.parent,
    )  # fmt: skip
    assert int(done.stdout) > MOST_MIB
