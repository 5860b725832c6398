"""A log with everything profiles keeps in step with it."""

import pytest
from people_world import Make, Shop


@pytest.fixture
def shop(state):
    return Shop(state)


@pytest.fixture
def make():
    return Make()
