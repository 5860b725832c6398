"""A leaf asked about some people only says of them what it says of them among everybody."""

import random

import pytest
from agreement import Shop, cases
from pyroaring import BitMap
from trees import LEAVES

from kikubari.segments.compile import compile_leaf
from kikubari.segments.derive import derive
from kikubari.spec.conditions import AllOf

# These look at others too, or are not one leaf.
_ELSEWHERE = {"percentile", "segment", "list", "reachable"}


@pytest.mark.parametrize("name", sorted(LEAVES.keys() - _ELSEWHERE))
def test_some_people_are_answered_as_among_all(shop: Shop, name: str) -> None:
    rng = random.Random(f"some {name}")
    everybody = [person.profile for person in shop.population.people]
    for condition, as_of, known_at in cases(name, n=4):
        leaf = derive(condition)
        assert not isinstance(leaf, AllOf)
        people = BitMap(rng.sample(everybody, 20))
        numbers = people | BitMap(n for n, profile in shop.population.moves if profile in people)
        moment = shop.engine.moment(as_of, known_at)
        few = compile_leaf(leaf, 1, moment, numbers.to_array().tolist())
        found = shop.store.query_bitmap(few.sql, few.parameters)
        whole = compile_leaf(leaf, 1, moment)
        expected = shop.store.query_bitmap(whole.sql, whole.parameters)
        assert few.is_complement == whole.is_complement
        assert found == expected & people
