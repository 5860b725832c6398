"""docs/errors.md knows every code that the source can answer with."""

import ast
import importlib
import pkgutil
import re
from collections.abc import Iterator
from pathlib import Path

import kikubari
from kikubari.api import errors as api_errors
from kikubari.decide.personalise import FailureReason
from kikubari.deliver import Reason
from kikubari.spec.errors import KikubariError

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src/kikubari"
GUIDE = (ROOT / "docs/errors.md").read_text(encoding="utf-8")
STATUSES = dict(re.findall(r"^\| `(\w+)` \| (\d{3}) \|", GUIDE, re.MULTILINE))
# Functions and types that take a code among their arguments.
RAISERS = {"_refuse", "Rejection", "Problem", "CellFaultError", "_problem_at"}


SANDBOX = {f"sandbox_{reason}" for reason in FailureReason}


def told() -> set[str]:
    """Return the codes in the first cells of the guide's tables."""
    cells = re.findall(r"^\|([^|]+)\|", GUIDE, re.MULTILINE)
    return {code for cell in cells for code in re.findall(r"`(\w+)`", cell)}


def families(root: type[KikubariError]) -> Iterator[type[KikubariError]]:
    for child in root.__subclasses__():
        yield child
        yield from families(child)


def all_errors() -> list[type[KikubariError]]:
    for module in pkgutil.walk_packages(kikubari.__path__, "kikubari."):
        if "__main__" not in module.name and ".migrations." not in module.name:
            importlib.import_module(module.name)
    return [KikubariError, *families(KikubariError)]


def literal_codes() -> Iterator[str]:
    """Return texts given as a code to what refuses: `Rejection("missing_id", …)`, `code="…"`."""
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                given = [one.value for one in node.keywords if one.arg == "code"]
                if name in RAISERS:
                    given += node.args
                yield from (
                    constant.value
                    for one in given
                    for constant in ast.walk(one)
                    if isinstance(constant, ast.Constant)
                    and isinstance(constant.value, str)
                    and re.fullmatch(r"[a-z]+(_[a-z]+)+", constant.value)
                )


def test_every_error_of_the_tree_is_told_with_its_status():
    for error in all_errors():
        assert error.code in told(), error
        if error.code in STATUSES:
            assert STATUSES[error.code] == str(error.status), error


def test_every_code_of_the_api_is_told():
    assert set(api_errors._CODES.values()) | SANDBOX <= told()


def test_every_literal_code_is_told():
    found = set(literal_codes())
    assert len(found) > 30
    # An argument beside the code that looks like one.
    assert found - {"order_id"} <= told()


def test_every_reason_of_a_message_is_told():
    assert {reason.value for reason in Reason} <= told()


def test_other_guides_codes_are_told_here_too():
    for guide in ("collecting", "importing", "delivery"):
        text = (ROOT / f"docs/{guide}.md").read_text(encoding="utf-8")
        for table in re.findall(r"^\| code \|.*\n\|[-|]+\n((?:\|.*\n)+)", text, re.MULTILINE):
            codes = {
                code
                for row in table.splitlines()
                for code in re.findall(r"`(\w+)`", row.split("|")[1])
            }
            assert codes
            assert codes <= told(), guide


def test_nothing_is_told_that_is_not_there():
    text = "".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    words = set(re.findall(r'"([a-z_]+)"', text))
    assert told() <= words | SANDBOX
