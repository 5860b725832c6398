"""What messages usually go by has a name in the words of the customer, not the machine's."""

import pytest

from kikubari.api.pages.facts import trait_key
from kikubari.decide.reason.labels import _LABELS

# Says that something happened, of which the facts beside it tell.
_NO_FACTS = {"trigger"}
# The page names them by what they are the same as.
_SAME = {"favourite_category_ja"}


@pytest.mark.parametrize("name", sorted(set(_LABELS) - _NO_FACTS - _SAME))
def test_every_fact_that_a_reason_names_has_words_on_the_page(name: str) -> None:
    assert trait_key(name) is not None
