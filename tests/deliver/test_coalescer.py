"""A store that comes and goes while messages are under way."""

import random
from concurrent.futures import Future
from contextlib import suppress

import pytest
from delivery_world import World

from kikubari.deliver import MessageState
from kikubari.spec.errors import UnavailableError


class Flickering:
    """A store of which one commit in so many fails; half of those were durable all the same."""

    def __init__(self, store, every) -> None:
        self._store, self._every, self._random = store, every, random.Random(every)
        self.failed = 0

    def read(self):
        return self._store.read()

    def write(self, work, **options):
        return self._store.write(work, **options)

    def submit(self, work, **options):
        if self._random.randrange(self._every):
            return self._store.submit(work, **options)
        self.failed += 1
        if self.failed % 2:
            self._store.write(work)
        lost: Future = Future()
        lost.set_exception(UnavailableError("the store is away"))
        return lost


@pytest.mark.parametrize("every", [2, 3, 5])
def test_no_answer_is_forgotten_and_nobody_gets_two(state, every):
    world = World(state, range(1, 61))
    world.enqueue()
    world.store = flickering = Flickering(state, every)
    settings = {"idle_seconds": 0.0, "retry_seconds": 0.0, "batch": 20}
    for _ in range(50):
        with suppress(UnavailableError):  # away at the very start: started again
            world.deliver(**settings)
        if world.states() == {MessageState.SENT: 60}:
            break
    assert flickering.failed > 3
    world.store = state
    assert world.states() == {MessageState.SENT: 60}
    assert world.reached == sorted(f"p{n}@example.com" for n in range(1, 61))
    sent = [item for item in world.events() if item.event.type == "Kikubari Email Sent"]
    assert sorted(item.number for item in sent) == list(range(1, 61))
