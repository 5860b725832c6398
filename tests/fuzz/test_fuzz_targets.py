"""What `make fuzz` looks for at length, briefly: seeds, and seeds with some bytes altered."""

import pytest
from fuzz_targets import TARGETS, check_token
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

BRIEFLY = settings(max_examples=150, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize("name", TARGETS)
def test_seeds_are_read(name):
    target = TARGETS[name]
    for seed in (*target.seeds, b"", b"\0", b"\xff" * 40):
        target.check(seed)


@pytest.mark.parametrize("name", TARGETS)
@given(data=st.data())
@BRIEFLY
def test_no_bytes_break_a_reader(name, data):
    target = TARGETS[name]
    seed = bytearray(data.draw(st.sampled_from(target.seeds)))
    for _ in range(data.draw(st.integers(0, 6))):
        place = data.draw(st.integers(0, len(seed)))
        length = data.draw(st.integers(0, 12))
        seed[place : place + length] = data.draw(
            st.binary(max_size=12) | st.just(bytes(seed[place : place + 40]) * 3)
        )
    target.check(bytes(seed))


def test_a_target_notices_what_it_is_for(monkeypatch):
    monkeypatch.setattr("fuzz_targets._made", frozenset)
    with pytest.raises(AssertionError, match="nobody made"):
        check_token(TARGETS["token"].seeds[0])
