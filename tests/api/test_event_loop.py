"""Who asks is looked up beside the event loop: a database that hangs stops no tracking call."""

import asyncio
import threading
from types import SimpleNamespace

import pytest

from kikubari.api.authentication import Authentication


class Slow:
    """Stands for keys and sessions whose database does not answer before it is let go."""

    def __init__(self) -> None:
        self.is_let_go = threading.Event()

    def find_principal(self, _secret):
        assert self.is_let_go.wait(20)
        return "somebody"


@pytest.mark.parametrize(
    "headers",
    [{"authorization": "Bearer kk_0"}, {"cookie": "kikubari_session=x"}],
    ids=["key", "session"],
)
def test_the_loop_turns_while_a_principal_is_looked_up(headers, monkeypatch):
    slow = Slow()
    monkeypatch.setattr("kikubari.api.authentication.find_session_token", lambda _: "token")
    services = SimpleNamespace(
        find_principal=slow.find_principal, access=SimpleNamespace(sessions=slow)
    )
    connection = SimpleNamespace(
        headers=headers, app=SimpleNamespace(state=SimpleNamespace(services=services))
    )

    async def ask():
        authentication = Authentication.__new__(Authentication)
        asked = asyncio.create_task(authentication.authenticate_request(connection))
        # Only a loop that turns comes here, and lets the look-up go.
        await asyncio.sleep(0)
        slow.is_let_go.set()
        return await asked

    assert asyncio.run(ask()).user == "somebody"
