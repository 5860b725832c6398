"""Words that end strings, begin comments or call functions, at any place of any tree."""

import os
import random
from typing import Any

from agreement import Shop, instants
from hypothesis import HealthCheck, given, note, settings
from hypothesis import strategies as st
from trees import tree

from kikubari.spec.conditions import convert_condition, encode_condition
from kikubari.spec.errors import KikubariError

# Ten thousand at night: KIKUBARI_TEST_CASES=10000.
CASES = int(os.environ.get("KIKUBARI_TEST_CASES", "100"))
_SHARE = 0.3
_PIECES = (
    "'", '"', "`", "\\", "\\'", "''", ";", "--", "/*", "*/", "#", "\0", "\n", "%s", "%%", "?", ":p",
    "{p:String}", "$1", "$$", ")", "(", " OR 1=1", " UNION SELECT 1", "; DROP TABLE events",
    "sleep(9)", "toString(", "\u2019", "\uff07", "\ud83d", "\U0001f600", "é", "名前", "a.b", "a[0]",
    "$.x", "__class__", "{{ x }}", "${x}", "Order Completed", "city",
)  # fmt: skip


@settings(
    max_examples=CASES,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(rng=st.randoms(use_true_random=False) | st.integers(min_value=0).map(random.Random))
def test_hostile_words_are_words(shop: Shop, rng: random.Random) -> None:
    """Refused with an error of our own, or asked as they are: both evaluators find the same."""
    try:
        condition = convert_condition(_hostile(tree(rng), rng))
    except KikubariError:
        return
    as_of, known_at = instants(rng)
    note(encode_condition(condition).decode())
    try:
        found = shop.as_set(condition, as_of, known_at)
    except KikubariError:
        return
    assert found == shop.one_by_one(condition, as_of, known_at)


def _hostile(value: Any, rng: random.Random, name: str = "") -> Any:
    if isinstance(value, dict):
        return {key: _hostile(inner, rng, key) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_hostile(inner, rng, name) for inner in value]
    if isinstance(value, str) and name != "type" and rng.random() < _SHARE:
        return "".join(rng.choices(_PIECES, k=rng.randint(1, 4)))
    return value
