"""A search by one letter reads a few entries of an index, however many people begin with it."""

import pytest

from empty_stores import open_empty_sqlite
from kikubari.profiles._repository.identity import search_values
from kikubari.profiles._repository.traits import search_names
from query_plans import list_plans


@pytest.fixture
def store(tmp_path):
    """Only SQLite says from empty tables which index it will use; PostgreSQL goes by figures."""
    made = open_empty_sqlite(tmp_path / "state.db")
    yield made
    made.close()


def test_identifiers_are_read_in_the_order_of_an_index_until_there_are_enough(store):
    [plan] = list_plans(store, lambda c: search_values(c, 1, prefix="c", limit=20))
    assert "ix_identifiers_value" in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("prefixes", [["ya"], ["yamada", "ta"]])
def test_names_are_read_in_the_order_of_their_key_until_there_are_enough(store, prefixes):
    [plan] = list_plans(store, lambda c: search_names(c, 1, prefixes=prefixes, limit=20))
    assert "TEMP B-TREE" not in plan
    assert "SCAN" not in plan
