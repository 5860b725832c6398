"""How learning grows with the shop, measured on generated shops and drawn.

    python benchmarks/growth_curves.py measure docs/images/growth.json
    python benchmarks/growth_curves.py draw docs/images/growth.json docs/images/growth.svg

Each size is a process of its own, on one thread; seconds are the processor's, so they hold beside
others on the machine too.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from html import escape
from math import log10
from pathlib import Path
from typing import Any

_SIZES = ((10_000, 500), (100_000, 5_000), (300_000, 15_000), (1_000_000, 50_000))
_HERE = Path(__file__).parent
_LIMIT_MIB = 8_192
_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
_TEXTS = {"recommend": "recommendations", "predict": "predictions"}
_COLOURS = {"recommend": "#1f5fbf", "predict": "#b3541e"}
_WIDTH, _HEIGHT, _LEFT, _TOP, _BOTTOM = 380, 300, 64, 40, 56
_STYLE = (
    "text{font:12px system-ui,sans-serif;fill:#333}.t{font-weight:600}"
    ".g{stroke:#ddd}.l{stroke:#a00;stroke-dasharray:4 3}"
    "@media(prefers-color-scheme:dark){text{fill:#ddd}.g{stroke:#444}}"
)


def main() -> None:
    """Measure or draw."""
    parser = argparse.ArgumentParser(description=__doc__)
    commands = parser.add_subparsers(dest="what", required=True)
    commands.add_parser("measure").add_argument("figures", type=Path)
    draw = commands.add_parser("draw")
    draw.add_argument("figures", type=Path)
    draw.add_argument("picture", type=Path)
    arguments = parser.parse_args()
    if arguments.what == "measure":
        _measure(arguments.figures)
    else:
        figures = json.loads(arguments.figures.read_text(encoding="utf-8"))
        arguments.picture.write_text(draw_growth(figures), encoding="utf-8")


def _measure(path: Path) -> None:
    found: dict[str, list[dict[str, Any]]] = {name: [] for name in _TEXTS}
    for n_customers, n_items in _SIZES:
        for name in _TEXTS:
            more = ["--items", str(n_items)] if name == "recommend" else []
            size = ["growth", "--json", "--customers", str(n_customers), *more]
            answer = subprocess.run(
                [sys.executable, str(_HERE / f"{name}.py"), *size],
                check=True,
                capture_output=True,
                text=True,
                env={**os.environ, **_ONE_THREAD},
            )
            found[name].append(json.loads(answer.stdout))
            print(name, answer.stdout.strip(), flush=True)
            path.write_text(json.dumps(found, indent=1) + "\n", encoding="utf-8")


def draw_growth(figures: dict[str, list[dict[str, Any]]]) -> str:
    """Return a picture of peaks of memory and of seconds by the number of purchases."""
    panels = [
        _panel(figures, 0, "peak_mib", "peak memory, MiB", limit=_LIMIT_MIB),
        _panel(figures, _WIDTH, "cpu_seconds", "processor's seconds", limit=None),
    ]
    told = "; ".join(
        f"{_TEXTS[name]} of {one['purchases']:,} purchases: {one['peak_mib']:,} MiB,"
        f" {one['cpu_seconds']:,.0f} s"
        for name, sizes in figures.items()
        for one in sizes
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {2 * _WIDTH} {_HEIGHT}" role="img">'
        f"<title>How learning grows with purchases</title><desc>{escape(told)}</desc>"
        f"<style>{_STYLE}</style>{''.join(panels)}</svg>\n"
    )


def _panel(
    figures: dict[str, list[dict[str, Any]]],
    left: int,
    name: str,
    title: str,
    *,
    limit: float | None,
) -> str:
    sizes = [one for series in figures.values() for one in series]
    across = _decades([one["purchases"] for one in sizes])
    up = _decades([*(one[name] for one in sizes), *([limit] if limit else [])])
    bottom, right = _HEIGHT - _BOTTOM, left + _WIDTH - 20

    def x(value: float) -> float:
        return left + _LEFT + _part(value, across) * (_WIDTH - _LEFT - 20)

    def y(value: float) -> float:
        return bottom - _part(value, up) * (bottom - _TOP)

    def line(kind: str, value: float) -> str:
        ends = f'x1="{left + _LEFT}" x2="{right}" y1="{y(value):.1f}" y2="{y(value):.1f}"'
        return f'<line class="{kind}" {ends}/>'

    parts = [f'<text class="t" x="{left + _LEFT}" y="20">{title}</text>']
    parts += [_text(x(one), bottom + 18, _short(one), "middle") for one in _powers(across)]
    parts.append(_text((left + _LEFT + right) / 2, bottom + 36, "purchases", "middle"))
    for one in _powers(up):
        parts += [line("g", one), _text(left + _LEFT - 6, y(one) + 4, _short(one), "end")]
    if limit:
        parts += [line("l", limit), _text(left + _LEFT + 4, y(limit) - 4, "8 GiB", "start")]
    for place, (series, measured) in enumerate(figures.items()):
        points = [(x(one["purchases"]), y(one[name])) for one in measured]
        low = bottom - 12 - 16 * (len(figures) - 1 - place)
        parts += _curve(points, _COLOURS[series])
        parts += _legend(right - 128, low, _TEXTS[series], _COLOURS[series])
    return "".join(parts)


def _curve(points: Sequence[tuple[float, float]], colour: str) -> list[str]:
    path = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    dots = [f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3" fill="{colour}"/>' for x, y in points]
    return [f'<polyline points="{path}" fill="none" stroke="{colour}" stroke-width="2"/>', *dots]


def _legend(x: float, y: float, said: str, colour: str) -> list[str]:
    box = f'<rect x="{x}" y="{y - 9}" width="10" height="10" fill="{colour}"/>'
    return [box, _text(x + 16, y, said, "start")]


def _powers(decades: tuple[int, int]) -> list[int]:
    return [10**one for one in range(decades[0], decades[1] + 1)]


def _decades(values: Sequence[float]) -> tuple[int, int]:
    low, high = int(log10(min(values)) // 1), -int(-log10(max(values)) // 1)
    return low, max(high, low + 1)


def _part(value: float, decades: tuple[int, int]) -> float:
    low, high = decades
    return (log10(value) - low) / (high - low)


def _short(value: float) -> str:
    for size, unit in ((1_000_000, "M"), (1_000, "k")):
        if value >= size:
            return f"{value / size:g}{unit}"
    return f"{value:g}"


def _text(x: float, y: float, said: str, anchor: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(said)}</text>'


if __name__ == "__main__":
    main()
