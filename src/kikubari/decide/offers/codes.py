"""Codes: made so that nobody guesses them and anybody can read them out; or read from a list."""

import csv
import re
import unicodedata
from collections.abc import Callable, Iterator

from kikubari.spec.errors import InvalidInputError

# Without what is taken for something else (0 O, 1 I L, Z 2, 5 S, B 8, U V) and without vowels,
# which make words.
LETTERS = "2346789CDFGHJKMNPQRTVWXY"
# 24 ** 12 is some 2 ** 55: among a million codes one guess in 36 thousand million hits.
N_LETTERS = 12
_GROUP = 4
_HEADERS = frozenset({"CODE", "COUPON", "クーポンコード", "コード"})
_UPLOADED = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{2,63}")
MAX_PROBLEMS = 20

# Returns a number from 0 to below the given one, such as `secrets.randbelow`.
RandomBelow = Callable[[int], int]


def make_code(prefix: str, below: RandomBelow) -> str:
    """Return a code such as ``TEA-4CFH-9KQX-W7DM``."""
    letters = "".join(LETTERS[below(len(LETTERS))] for _ in range(N_LETTERS))
    groups = [letters[at : at + _GROUP] for at in range(0, N_LETTERS, _GROUP)]
    return "-".join([prefix, *groups] if prefix else groups)


def code_key(text: str) -> str:
    """Return what two spellings of one code have in common: case, width and spaces aside."""
    return "".join(unicodedata.normalize("NFKC", text).split()).upper()


def read_codes(text: str) -> tuple[list[str], list[str]]:
    """Return the codes in the first column of a CSV, and what is wrong with the other lines.

    Raises:
        InvalidInputError: it is not CSV.
    """
    codes: list[str] = []
    problems: list[str] = []
    for line, cell in _cells(text):
        code = unicodedata.normalize("NFKC", cell).strip()
        if line == 1 and code.upper() in _HEADERS:
            continue
        if _UPLOADED.fullmatch(code):
            codes.append(code)
        elif code:
            problems.append(f"line {line}: 3 to 64 letters, digits and - _ . make a code")
    return codes, problems[:MAX_PROBLEMS]


def _cells(text: str) -> Iterator[tuple[int, str]]:
    reader = csv.reader(text.removeprefix("\ufeff").splitlines())
    try:
        for row in reader:
            yield reader.line_num, row[0] if row else ""
    except csv.Error as error:
        raise InvalidInputError(f"line {reader.line_num}: {error}") from error
