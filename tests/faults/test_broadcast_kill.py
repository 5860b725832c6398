from pathlib import Path

import msgspec
import pytest
from broadcast_kill import CALLS, STATES, check
from broadcast_process import DEFINITION

from kikubari.deliver import Purpose


@pytest.mark.slow
def test_no_kill_loses_or_repeats_a_message(tmp_path: Path):
    found = check(tmp_path, kills=40, every=2, every_call=30)
    assert found.is_clean, found
    assert found.n_kills >= 40 + 30
    assert set(found.kills_by_state) == set(STATES)
    assert len(found.points) >= 8
    assert set(found.calls) == set(CALLS)


@pytest.mark.slow
def test_the_harness_sees_a_repeated_message(tmp_path: Path):
    at_least_once = msgspec.structs.replace(
        DEFINITION, purpose=Purpose.TRANSACTIONAL, resends_unknown=True
    )
    found = check(tmp_path, kills=25, every=None, definition=at_least_once)
    assert found.duplicates
    assert not found.lost
