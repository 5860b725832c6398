"""The catalogue: nothing is missing in a language, nothing is said that it does not hold."""

import re
import string
from pathlib import Path

from kikubari.api.pages.texts import load_texts
from kikubari.decide.personalise import Provenance
from kikubari.decide.predict import PersonPrediction
from kikubari.decide.predict.habits import TRAITS

PAGES = Path(__file__).parents[2] / "src/kikubari/api/pages"
# Keys that are put together: t("a.b_" ~ x), t(f"a.b_{x}").
_PUT_TOGETHER = re.compile(r"""["']([a-z]+\.(?:[a-z_]+_)?)(?:["']\s*~|\{)""")
_WHOLE = re.compile(r"""["']([a-z]+\.[a-z0-9_]+)["']""")


def _sources() -> str:
    files = [*PAGES.glob("*.py"), *PAGES.glob("templates/*.html")]
    return "\n".join(file.read_text(encoding="utf-8") for file in files)


def _placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_every_text_is_there_in_both_languages() -> None:
    texts = load_texts()
    assert len(texts) > 60
    for key, text in texts.items():
        assert text.ja.strip(), key
        assert text.en.strip(), key


def test_both_languages_say_the_same_values() -> None:
    for key, text in load_texts().items():
        assert _placeholders(text.ja) == _placeholders(text.en), key


def test_english_texts_hold_no_japanese() -> None:
    for key, text in load_texts().items():
        assert not re.search(r"[぀-ヿ一-鿿]", text.en), key


def test_what_the_product_expects_of_a_customer_has_words() -> None:
    """They read it beside what they said themselves; what only models are told apart by is not."""
    told = {f"predicted_{name}" for name in PersonPrediction.__struct_fields__} | {*TRAITS}
    shown = told - {"predicted_model_version", "predicted_horizon_days"}
    assert {f"traits.{name}" for name in shown} <= load_texts().keys()


def test_every_text_that_pages_ask_for_exists() -> None:
    texts = load_texts()
    rooms = {key.split(".")[0] for key in texts}
    asked = {key for key in _WHOLE.findall(_sources()) if key.split(".")[0] in rooms}
    templates = {file.name for file in PAGES.glob("templates/*.html")}
    for key in asked - templates:
        if key.endswith("_"):
            assert any(other.startswith(key) for other in texts), key
        else:
            assert key in texts, key


def test_no_text_is_left_over() -> None:
    source = _sources()
    whole = set(_WHOLE.findall(source))
    prefixes = tuple(set(_PUT_TOGETHER.findall(source)))
    left = {key for key in load_texts() if key not in whole and not key.startswith(prefixes)}
    assert left == set()


def test_every_way_a_fact_came_about_has_words() -> None:
    assert {f"customer.you_{code}" for code in Provenance} <= set(load_texts())
