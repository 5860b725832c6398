"""The docs are complete: every setting is described, every link leads somewhere."""

import re
from pathlib import Path

import msgspec
import pytest

from kikubari.app import Settings

ROOT = Path(__file__).parents[2]
PAGES = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
LINK = re.compile(r"!?\[[^\]]*\]\(([^)#\s]+)(?:#[^)]*)?\)")


def test_every_setting_is_documented():
    text = (ROOT / "docs/configuration.md").read_text()
    named = {name.lower() for name in re.findall(r"`KIKUBARI_([A-Z_]+)`", text)}
    assert named == {field.name for field in msgspec.structs.fields(Settings)}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_within_the_project_lead_somewhere(page: Path):
    targets = [one for one in LINK.findall(page.read_text()) if "://" not in one]
    missing = [one for one in targets if not (page.parent / one).exists()]
    assert missing == []


def test_every_page_is_reachable_from_the_readme():
    linked = {
        (page.parent / target).resolve()
        for page in PAGES
        for target in LINK.findall(page.read_text())
        if "://" not in target
    }
    folder = (ROOT / "docs/decisions").resolve()
    lost = [
        page for page in ROOT.glob("docs/*.md") if page.resolve() not in linked and page != folder
    ]
    assert lost == []


def test_the_index_names_every_page():
    folder = ROOT / "docs"
    named = LINK.findall((folder / "README.md").read_text())
    pages = {page.name for page in folder.glob("*.md")} - {"README.md"}
    assert pages <= set(named)
