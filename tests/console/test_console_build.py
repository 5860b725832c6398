"""Building the console while it is served."""

import runpy
from pathlib import Path
from typing import Any

import pytest
from console_browser import CONSOLE


def write(folder: Path, files: dict[str, str]) -> None:
    for name, content in files.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content)


def test_whoever_asks_during_a_build_gets_a_page_with_its_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build = runpy.run_path(str(CONSOLE / "build.py"))
    put_in_place = build["_put_in_place"]
    served, made = tmp_path / "served", tmp_path / "made"
    write(served, {"index.html": "assets/old.js", "assets/old.js": "", "made-from": "before"})
    write(made, {"index.html": "assets/new.js", "assets/new.js": "", ".vite/manifest.json": "{}"})
    monkeypatch.setitem(put_in_place.__globals__, "BUILT", served)
    seen = []

    def watched(name: str) -> None:
        act = getattr(Path, name)

        def watching(path: Path, *arguments: Any, **options: Any) -> Any:
            result = act(path, *arguments, **options)
            page = (served / "index.html").read_text()
            assert (served / page).is_file()
            seen.append(page)
            return result

        monkeypatch.setattr(Path, name, watching)

    watched("replace")
    watched("unlink")
    put_in_place(made)
    assert seen[0] == "assets/old.js"
    assert seen[-1] == "assets/new.js"
    monkeypatch.undo()
    left = {str(path.relative_to(served)) for path in served.rglob("*") if path.is_file()}
    assert left == {"index.html", "assets/new.js", ".vite/manifest.json"}
