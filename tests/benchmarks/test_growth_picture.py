"""The picture of growth is drawn from measured figures alone, and says them in words too."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
IMAGES = Path(__file__).parents[2] / "docs/images"


def run(name, *arguments: object):
    command = [sys.executable, str(BENCHMARKS / name), *(str(one) for one in arguments)]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def draw(figures, folder):
    (folder / "figures.json").write_text(json.dumps(figures), encoding="utf-8")
    run("growth_curves.py", "draw", folder / "figures.json", folder / "picture.svg")
    return (folder / "picture.svg").read_text(encoding="utf-8")


def size(customers, purchases, seconds, mib):
    return {
        "customers": customers,
        "items": 10,
        "purchases": purchases,
        "cpu_seconds": seconds,
        "peak_mib": mib,
    }


def test_every_size_is_a_dot_in_both_panels_and_a_word(tmp_path):
    figures = {
        "recommend": [size(10, 200, 3.0, 400), size(100, 2_000, 9.0, 500)],
        "predict": [size(10, 190, 1.0, 300)],
    }
    picture = draw(figures, tmp_path)
    assert picture.count("<circle") == 2 * 3
    assert "recommendations of 2,000 purchases: 500 MiB, 9 s" in picture
    assert "predictions of 190 purchases: 300 MiB, 1 s" in picture


def test_the_picture_in_the_documentation_is_of_the_figures_beside_it(tmp_path):
    figures = json.loads((IMAGES / "growth.json").read_text(encoding="utf-8"))
    assert (IMAGES / "growth.svg").read_text(encoding="utf-8") == draw(figures, tmp_path)
    largest = [sizes[-1] for sizes in figures.values()]
    assert all(one["customers"] == 1_000_000 and one["peak_mib"] < 8_192 for one in largest)


def test_a_small_shop_tells_its_figures():
    found = json.loads(run("predict.py", "growth", "--json", "--customers", 2_000))
    assert found["customers"] == 2_000
    assert 20_000 < found["purchases"] < 60_000
    assert found["peak_mib"] > 0
