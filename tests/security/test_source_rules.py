"""Rules for the source that no linter has: what opened holes elsewhere is not written here.

Each rule has an example it must find, so that none of them sleeps.
"""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = sorted((ROOT / "src/kikubari").rglob("*.py"))
CONSOLE = sorted((ROOT / "console/src").rglob("*.ts*"))
TEMPLATES = sorted((ROOT / "src/kikubari/api").rglob("*.html"))


class Rule(NamedTuple):
    """What must not be written, an example of it, and the files that may."""

    finds: Callable[[ast.AST], bool]
    example: str
    except_in: frozenset[str] = frozenset()


def called(node: ast.AST) -> str:
    """Return the dotted name a call goes to, empty if it has none."""
    parts = []
    inner = node.func if isinstance(node, ast.Call) else None
    while isinstance(inner, ast.Attribute):
        parts.append(inner.attr)
        inner = inner.value
    return ".".join([inner.id, *reversed(parts)]) if isinstance(inner, ast.Name) else ""


def imports(*names: str) -> Callable[[ast.AST], bool]:
    def finds(node: ast.AST) -> bool:
        if isinstance(node, ast.Import):
            modules = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            modules = [node.module or "", *(f"{node.module}.{one.name}" for one in node.names)]
        else:
            return False
        return any(one == name or one.startswith(f"{name}.") for one in modules for name in names)

    return finds


def calls(*names: str) -> Callable[[ast.AST], bool]:
    return lambda node: called(node) in names


def calls_ending(*ends: str) -> Callable[[ast.AST], bool]:
    return lambda node: (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in ends
    )


def passes(name: str, value: object) -> Callable[[ast.AST], bool]:
    return lambda node: (
        isinstance(node, ast.keyword)
        and node.arg == name
        and isinstance(node.value, ast.Constant)
        and node.value.value is value
    )


def is_fixed(node: ast.AST) -> bool:
    """Say whether a pattern is written in the source: a literal, a constant, or made of such."""
    match node:
        case ast.Constant():
            return True
        case ast.Name(id=name):
            return name.isupper()
        case ast.BinOp(left=left, right=right):
            return is_fixed(left) and is_fixed(right)
        case ast.JoinedStr(values=values):
            return all(is_fixed(value) for value in values)
        case ast.FormattedValue(value=value):
            return is_fixed(value)
    return False


PATTERN_CALLS = {
    f"re.{name}"
    for name in ("compile", "match", "search", "fullmatch", "sub", "split", "findall", "finditer")
}


def takes_a_pattern_from_elsewhere(node: ast.AST) -> bool:
    return called(node) in PATTERN_CALLS and not is_fixed(node.args[0])  # type: ignore[attr-defined]


def makes_sql_of_parts(node: ast.AST) -> bool:
    is_text = called(node) in {"text", "sqlalchemy.text", "sa.text"}
    return is_text and not isinstance(node.args[0], ast.Constant)  # type: ignore[attr-defined]


def hands_the_driver_parts(node: ast.AST) -> bool:
    is_driven = isinstance(node, ast.Call) and called(node).endswith("exec_driver_sql")
    return is_driven and not is_fixed(node.args[0])  # type: ignore[attr-defined]


def asks_the_engine_for_files(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Constant)
        and isinstance(node.value, str)
        and re.search(
            r"\bCOPY\b.*\bPROGRAM\b|\bpg_read_file\b|\bINTO OUTFILE\b|\b(FROM|JOIN)\s+"
            r"(file|url|s3|remote|executable|mysql|postgresql)\(",
            node.value,
        )
        is not None
    )


RULES = {
    "code from text": Rule(calls("eval", "exec", "compile", "__import__"), "eval(text)"),
    "objects from bytes": Rule(
        imports("pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib"), "import pickle"
    ),
    "yaml": Rule(imports("yaml", "ruamel"), "import yaml"),
    "a shell": Rule(
        calls("os.system", "os.popen", "os.execv", "os.execvp", "os.spawnv", "pty.spawn"),
        "os.system(line)",
    ),
    "a shell by subprocess": Rule(passes("shell", True), "run(line, shell=True)"),
    "processes outside the fences": Rule(
        imports("subprocess", "multiprocessing"),
        "import subprocess",
        frozenset(
            {
                "app/copying.py",
                "app/learning.py",
                "cli/demo.py",
                "collect/imports/_binary.py",
                "decide/personalise/sandbox.py",
            }
        ),
    ),
    "requests to elsewhere": Rule(
        imports(
            "httpx", "httpcore", "requests", "urllib.request", "urllib3", "http.client", "aiohttp"
        ),
        "import requests",
        # Commands talk to the installation's own server; all else goes by the guarded client.
        frozenset(
            {
                *("cli/connection.py", "cli/demo.py", "cli/importing.py"),
                "deliver/providers/http/client.py",
            }
        ),
    ),
    "modules by name": Rule(
        calls("importlib.import_module", "import_module"),
        "import_module(plugin)",
        # A worker process is told which function of this product it runs.
        frozenset({"decide/personalise/sandbox.py"}),
    ),
    "packages installed": Rule(imports("pip", "ensurepip", "setuptools"), "import pip"),
    "a pattern from outside in re": Rule(
        takes_a_pattern_from_elsewhere,
        "re.search(given, text)",
        # Made of words of our own, of an element's name, or of what `re.escape` gave.
        frozenset(
            {
                "catalog/versions.py",
                "collect/governance/_terms.py",
                "decide/guard/canonical.py",
                "decide/personalise/_markup.py",
                "deliver/return_path.py",
                "demo/categories.py",
                "demo/picture.py",
            }
        ),
    ),
    "sql of parts": Rule(
        makes_sql_of_parts,
        'text(f"SELECT {column}")',
        # There `text` is a paragraph of a letter.
        frozenset({"journeys/recipes/buying.py", "journeys/recipes/staying.py"}),
    ),
    "sql of parts to the driver": Rule(
        hands_the_driver_parts,
        'connection.exec_driver_sql(f"SELECT {column}")',
        # Made of names of tables of ours and of marks for values, or by SQLAlchemy.
        frozenset(
            {
                "deliver/_execute_many.py",
                "events/_index_repository.py",
                "profiles/_repository/chunked.py",
                "profiles/_tables.py",
                "storage/_checkpoints.py",
                "storage/bulk.py",
                "storage/lookups.py",
                "storage/sqlite.py",
            }
        ),
    ),
    "files by sql": Rule(asks_the_engine_for_files, "'COPY t TO PROGRAM x'"),
    "markup believed": Rule(
        imports("markupsafe.Markup", "liquid.Markup"),
        "from markupsafe import Markup",
        # Captures and literals of a template, and what nh3 has cleaned.
        frozenset(
            {
                "decide/personalise/_nodes.py",
                "decide/personalise/_program.py",
                "decide/personalise/filters.py",
            }
        ),
    ),
    "no escaping": Rule(
        passes("autoescape", False),
        "Environment(autoescape=False)",
        # Subjects and plain text.
        frozenset(
            {
                "decide/personalise/compile.py",
                "decide/personalise/lint.py",
                "decide/personalise/render.py",
            }
        ),
    ),
    "weak hashes": Rule(calls("hashlib.md5", "hashlib.sha1", "md5", "sha1"), "hashlib.md5(text)"),
    "guessable chance": Rule(
        imports("random"),
        "import random",
        # Waiting times, samples that are to come out the same twice, and a made-up shop.
        frozenset(
            {
                "deliver/delivering.py",
                "deliver/endpoints/sending.py",
                "demo/_resources.py",
                "demo/agreements.py",
                "demo/behaviour.py",
                "demo/people.py",
                "demo/sessions.py",
                "demo/telling.py",
                "demo/trail.py",
                "demo/visitors.py",
                "journeys/running/stepping.py",
                "segments/audiences/audience.py",
            }
        ),
    ),
    "certificates unread": Rule(
        lambda node: (
            passes("verify", False)(node)
            or calls("ssl._create_unverified_context")(node)
            or (isinstance(node, ast.Attribute) and node.attr == "CERT_NONE")
        ),
        "get(url, verify=False)",
        frozenset({"deliver/providers/smtp/settings.py"}),
    ),
    "archives unpacked": Rule(calls_ending("extractall", "extract"), "archive.extractall(folder)"),
    "xml with entities": Rule(
        imports("xml.sax", "xml.dom", "xml.etree", "lxml"), "import xml.etree.ElementTree"
    ),
    "names of files that may be taken": Rule(calls("tempfile.mktemp", "mktemp"), "mktemp()"),
    "a debugger": Rule(calls("breakpoint", "pdb.set_trace"), "breakpoint()"),
}


def faults(rule: Rule) -> Iterator[str]:
    for path in SOURCE:
        name = path.relative_to(ROOT / "src/kikubari").as_posix()
        if name not in rule.except_in:
            tree = ast.parse(path.read_bytes())
            yield from (
                f"{name}:{getattr(node, 'lineno', 0)}"
                for node in ast.walk(tree)
                if rule.finds(node)
            )


@pytest.mark.parametrize("name", RULES)
def test_the_source_has_none_of(name):
    assert list(faults(RULES[name])) == []


@pytest.mark.parametrize("name", RULES)
def test_the_rule_finds(name):
    assert any(RULES[name].finds(node) for node in ast.walk(ast.parse(RULES[name].example)))


@pytest.mark.parametrize("name", RULES)
def test_no_exception_is_kept_that_is_not_needed(name):
    rule = RULES[name]
    for file in rule.except_in:
        tree = ast.parse((ROOT / "src/kikubari" / file).read_bytes())
        assert any(rule.finds(node) for node in ast.walk(tree)), file


def test_pages_believe_no_markup():
    believed = [path.name for path in TEMPLATES if re.search(r"\|\s*safe\b", path.read_text())]
    assert TEMPLATES
    assert believed == []


# A key of somebody's making, such as __proto__, would be written into what every object has.
_PROTOTYPES = re.compile(
    r"__proto__|\bsetPrototypeOf\b|\.prototype\b|\bObject\.assign\("
    r"|[\w.)\]]+\[[^\]'\"]*[^\]'\"\d\s][^\]'\"]*\](?:\.\w+)*\s*(?:[-+*/|&?%]{1,2})?=(?![=>])"
)
# Places in lists, which are numbers; and words of ours that a function of ours gets.
_HARMLESS = {
    "console/src/language/texts.ts": ["Object.assign("],
    "console/src/screens/editor/blocks/model.ts": ["blocks[place.index] ="],
    "console/src/screens/editor/rich/marks.ts": ["changed[index] ="],
    "console/src/screens/editor/versions/wordChanges.ts": ["row[j] ="],
    "console/src/screens/journeys/layout/tree.ts": ["parents[n] ="],
    "console/src/screens/journeys/model/lines.ts": ["row[other] ="],
}


@pytest.mark.parametrize(
    "text", ["a.__proto__", "found[key] = 1", "all[row.id].n += 1", "Object.assign(a, b)"]
)
def test_what_writes_into_prototypes_is_found(text):
    assert _PROTOTYPES.search(text)


def test_the_console_writes_under_no_key_of_somebodys_making():
    """Maps, `Object.fromEntries` and spreads make entries of their own whatever the key is."""
    found = {
        path.relative_to(ROOT).as_posix(): hits
        for path in CONSOLE
        if "generated" not in path.parts and ".test." not in path.name
        if (hits := _PROTOTYPES.findall(path.read_text(encoding="utf-8")))
    }
    assert found == _HARMLESS


def test_the_console_makes_no_markup_or_code_of_text():
    word = re.compile(
        r"dangerouslySetInnerHTML|\.(inner|outer)HTML\b|insertAdjacentHTML|document\.write\b"
        r"|\beval\(|new Function\(|\bjavascript:"
    )
    found = {
        path.relative_to(ROOT).as_posix(): word.findall(text)
        for path in CONSOLE
        if "generated" not in path.parts
        and ".test." not in path.name
        and word.search(text := path.read_text(encoding="utf-8"))
    }
    assert CONSOLE
    # A message under way is written into a frame, by the frame's own page: nothing runs in there.
    preview = "console/src/screens/editor/preview/MailView.tsx"
    assert found == {preview: ["inner"]}
    (sandbox,) = re.findall(r'sandbox="([^"]*)"', (ROOT / preview).read_text(encoding="utf-8"))
    assert "allow-scripts" not in sandbox
