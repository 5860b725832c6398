import socket
from collections.abc import Iterator

import pytest
from litestar.testing import TestClient
from page_world import PageWorld, running_world, serving


@pytest.fixture(scope="session")
def page_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture(scope="session")
def world(tmp_path_factory, columnar_dsn: str, page_port: int) -> Iterator[PageWorld]:
    with running_world(tmp_path_factory.mktemp("pages"), columnar_dsn, page_port) as one:
        yield one


@pytest.fixture(scope="session")
def page_url(world: PageWorld, page_port: int) -> Iterator[str]:
    with serving(world, page_port) as url:
        yield url


@pytest.fixture
def browser(world: PageWorld) -> Iterator[TestClient]:
    """A client that nobody has logged in with."""
    with TestClient(world.app, raise_server_exceptions=False) as client:
        client.follow_redirects = False
        yield client
