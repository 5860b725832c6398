"""One running installation for all tests of the API."""

from collections.abc import Iterator

import pytest

from installation import MEMBER, PASSWORD, Installation


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Installation]:
    """A running installation with a member and two customers."""
    home = tmp_path_factory.mktemp("api") / "home"
    with Installation(home, MAIL_DOMAIN="shop.example").served() as running:
        body = {"email": MEMBER, "password": PASSWORD, "role": "admin"}
        running.post("/api/members", body)
        key = running.post("/api/sources", {"name": "shop"})["write_key"]
        with running.stranger() as shop:
            for user in ("A1", "A2"):
                order = {
                    "userId": user,
                    "event": "Order Completed",
                    "properties": {"order_id": f"of-{user}", "total": 10, "currency": "GBP"},
                }
                shop.post("/v1/track", json=order, auth=(key, "")).raise_for_status()
        running.settle()
        yield running


@pytest.fixture(scope="session")
def schema(api: Installation) -> dict:
    """What the API says about itself."""
    with api.stranger() as anybody:
        described: dict = anybody.get("/api/openapi.json").raise_for_status().json()
    return described
