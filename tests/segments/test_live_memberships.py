"""Live members equal a fresh evaluation, whatever happens, and every change is told once."""

import os
import random
from datetime import timedelta

import pytest
from live_shop import LiveShop
from population import AS_OFS
from pyroaring import BitMap
from trees import LEAVES, tree

from kikubari.spec.conditions import convert_condition, encode_condition
from kikubari.spec.topics import SEGMENT_ENTERED, SEGMENT_LEFT
from kikubari.storage import ColumnarStore, StateStore

CASES = int(os.environ.get("KIKUBARI_TEST_CASES", "200"))
STEPS = [
    timedelta(0), timedelta(seconds=1), timedelta(minutes=20), timedelta(hours=5),
    timedelta(days=1), timedelta(days=8), timedelta(days=31),
]  # fmt: skip


@pytest.fixture
def live(state: StateStore, columnar: ColumnarStore) -> LiveShop:
    """A shop without segments and events."""
    return LiveShop(state, columnar, AS_OFS[0])


@pytest.mark.parametrize("seed", range(max(2, CASES // 100)))
def test_live_members_equal_a_fresh_evaluation_whatever_happens(
    state: StateStore, columnar: ColumnarStore, seed: int
) -> None:
    rng = random.Random(seed)
    live = LiveShop(state, columnar, AS_OFS[0], seed)
    for number, make in enumerate(LEAVES.values()):
        live.segments.put(f"leaf{number}", convert_condition(make(rng)))
    for number in range(4):
        live.segments.put(f"tree{number}", convert_condition(tree(rng)))
    for name in ("seg_a", "seg_b"):
        live.segments.put(name, convert_condition({"type": "list", "list": "few"}))
    live.happen(150)
    live.settle()
    told = {name: live.memberships.members(name) for name in live.segments.segments}
    before = dict.fromkeys(told, 0)
    for step in range(8):
        live.clock.advance(rng.choice(STEPS))
        live.happen(rng.choice([0, 1, 15]))
        if rng.random() < 0.6:
            live.move()
        if step == 5:
            live.start_follower()
        live.settle()
        for name, segment in live.segments.segments.items():
            fresh = live.fresh(name)
            tree_text = encode_condition(segment.definition).decode()
            assert live.memberships.members(name) == fresh, f"step {step}, {name}: {tree_text}"
            told[name], before[name] = replayed(live, name, told[name], before[name])
            assert told[name] == fresh


def replayed(live: LiveShop, name: str, members: BitMap, n_before: int) -> tuple[BitMap, int]:
    """Return the members after the events told since, and how many events were told."""
    events = live.told(name)
    for event in events[n_before:]:
        if event.type == SEGMENT_ENTERED:
            assert event.number not in members
            members = members | BitMap([event.number])
        elif event.type == SEGMENT_LEFT:
            assert event.number in members
            members = members - BitMap([event.number])
    return members, len(events)
