import pytest
from offer_world import Shop


@pytest.fixture
def shop(state):
    return Shop(state)
