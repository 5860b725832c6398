"""A journey of 200 steps on its canvas: frames a second while it is moved, and what one costs.

In headless Chromium on a running server: the paper is dragged, the picture made larger and
smaller, the focus walked from step to step, a step chosen and moved up its way. The page counts
its own frames; Chromium says how much processor time its main thread took for them, scripts,
styles and layout among it. Without a graphics card frames are drawn by the processor, beside the
main thread: the frames a second of a busy machine say little, the processor time of one does.
"""

import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from playwright.sync_api import CDPSession, Page

from harness import Figure, Options, Report, main

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
sys.path.insert(0, str(Path(__file__).parents[1] / "tests" / "console"))
from console_browser import Console, View, log_in

from headless import open_chromium
from installation import MEMBER, PASSWORD, Installation

N_STEPS = 200
TARGET_FPS = 50
_STEPS_OF_A_PART = 5
_MOVES = 120
_COUNT = """() => {
  window.frames_seen = 0
  const count = () => { window.frames_seen += 1; requestAnimationFrame(count) }
  requestAnimationFrame(count)
}"""
_KINDS = ("TaskDuration", "ScriptDuration", "RecalcStyleDuration", "LayoutDuration")
_COLUMNS = "{:<10} {:>7} {:>7} {:>14} {:>9} {:>9} {:>9} {:>11}"
_HEAD = _COLUMNS.format(
    "motion", "frames", "fps", "CPU ms a frame", "scripts", "styles", "layout", "ms a motion"
)


def run(options: Options) -> Report:
    """Move a large journey about; `--scale` is the fraction of movements."""
    moves = options.sized(_MOVES, at_least=20)
    with Installation(options.folder / "home").served() as shop:
        shop.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        shop.post("/api/journeys", {"id": "large", "definition": _journey()})
        with open_chromium() as browser:
            url = shop.owner["url"]
            console = Console(browser, url, View("en", 1280), log_in(browser, url))
            page = console.open("/journeys/large")
            page.locator("[data-item='']").wait_for()
            found = [_measure(page, name, move, moves) for name, move in _MOTIONS.items()]
            console.close()
    return Report(
        benchmark="canvas",
        figures=[figure for one in found for figure in one[0]],
        notes=[_HEAD, *(line for _, line in found)],
    )


def _measure(
    page: Page, name: str, move: Callable[[Page, int], int], moves: int
) -> tuple[list[Figure], str]:
    cdp = page.context.new_cdp_session(page)
    cdp.send("Performance.enable", {"timeDomain": "threadTicks"})
    page.evaluate(_COUNT)
    before, started = _durations(cdp), time.monotonic()
    frames = page.evaluate("window.frames_seen")
    n_motions = move(page, moves)
    frames = page.evaluate("window.frames_seen") - frames
    seconds = time.monotonic() - started
    spent = [1_000 * (now - was) for now, was in zip(_durations(cdp), before, strict=True)]
    each = [one / frames for one in spent]
    page.reload()
    page.locator("[data-item='']").wait_for()
    row = (f"{frames:,}", f"{frames / seconds:.0f}", *(f"{one:.2f}" for one in each))
    figure = Figure(
        name=f"{name}: processor time of a frame",
        value=each[0],
        unit="ms",
        target=1_000 / TARGET_FPS,
        at_most=True,
    )
    return [figure], _COLUMNS.format(name, *row, f"{spent[0] / n_motions:.1f}")


def _durations(cdp: CDPSession) -> list[float]:
    """Return seconds of the main thread's processor time so far, by kind."""
    found = {one["name"]: one["value"] for one in cdp.send("Performance.getMetrics")["metrics"]}
    return [found[kind] for kind in _KINDS]


def _pan(page: Page, moves: int) -> int:
    box = page.get_by_role("tree").locator("xpath=../../../..").bounding_box()
    assert box is not None
    x, y = box["x"] + 30, box["y"] + box["height"] - 30
    page.mouse.move(x, y)
    page.mouse.down()
    for index in range(moves):
        page.mouse.move(x + index % 40 * 4, y - index * 3 % 400)
    page.mouse.up()
    return moves


def _zoom(page: Page, moves: int) -> int:
    smaller, larger = (
        page.get_by_role("button", name="Smaller"),
        page.get_by_role("button", name="Larger"),
    )
    for index in range(moves // 4):
        (smaller if index // 3 % 2 == 0 else larger).click()
    return moves // 4


def _walk(page: Page, moves: int) -> int:
    page.locator("[data-item='']").focus()
    for _ in range(moves):
        page.keyboard.press("ArrowDown")
    return moves


def _move_step(page: Page, moves: int) -> int:
    page.locator("[data-item='mail-9']").focus()
    for index in range(moves // 4):
        page.keyboard.press("Alt+ArrowDown" if index % 2 else "Alt+ArrowUp")
    return moves // 4


_MOTIONS: dict[str, Callable[[Page, int], int]] = {
    "pan": _pan,
    "zoom": _zoom,
    "walk": _walk,
    "move step": _move_step,
}


def _journey() -> dict[str, Any]:
    return {
        "name": "Large",
        "trigger": {"type": "event", "events": {"event": "Order Completed"}},
        "start": "who-0",
        "steps": list(_steps()),
        "rules": {"goal": {"events": {"event": "Order Completed"}}},
    }


def _steps() -> Iterator[dict[str, Any]]:
    n_parts = N_STEPS // _STEPS_OF_A_PART
    for part in range(n_parts):
        way = {"id": "yes", "label": "Known", "when": {"type": "everyone"}, "next": f"long-{part}"}
        yield {"type": "branch", "id": f"who-{part}", "ways": [way], "otherwise": f"short-{part}"}
        yield {**_wait(f"long-{part}", days=3), "next": f"mail-{part}"}
        yield {**_wait(f"short-{part}", days=1), "next": f"mail-{part}"}
        yield {"type": "set_trait", "id": f"mail-{part}", "traits": {"seen": True},
               "next": f"rest-{part}"}  # fmt: skip
        onward = {"next": f"who-{part + 1}"} if part + 1 < n_parts else {}
        yield {**_wait(f"rest-{part}", days=7), **onward}


def _wait(step: str, days: int) -> dict[str, Any]:
    return {"type": "wait", "id": step, "duration": {"days": days}}


if __name__ == "__main__":
    main(run)
