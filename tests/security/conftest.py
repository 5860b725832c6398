"""One running installation that the attacks are tried on, with nothing of value in it."""

import re
from collections.abc import Iterator

import pytest
from canary import CANARY

from installation import MEMBER, PASSWORD, Installation


class Target(Installation):
    """The installation, its write keys, and a member's browser."""

    server_key = ""
    browser_key = ""

    def send(self, *messages: dict, key: str = "") -> dict:
        """Send messages by the tracking API; returns what it answered."""
        with self.stranger() as till:
            answer = till.post("/v1/batch", json={"batch": list(messages)}, auth=(key, ""))
        told: dict = answer.json()
        return told


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    """A running installation with an admin, a server's key and a browser's."""
    home = tmp_path_factory.mktemp("security") / "home"
    settings = {"MAIL_DOMAIN": "shop.example"}
    installation = Target(home, **settings)
    installation.environment["CANARY_SECRET"] = CANARY
    with installation.served() as running:
        running.post("/api/members", {"email": MEMBER, "password": PASSWORD, "role": "admin"})
        for kind in ("server", "browser"):
            source = running.post("/api/sources", {"name": kind, "kind": kind})
            setattr(running, f"{kind}_key", source["write_key"])
        yield running


@pytest.fixture(scope="session")
def schema_paths(target: Target) -> list[str]:
    """Every address that the description lets somebody read, with ids of nothing."""
    with target.stranger() as anybody:
        paths = anybody.get("/api/openapi.json").raise_for_status().json()["paths"]
    return [
        re.sub(r"\{\w+\}", "1", path)
        for path, item in paths.items()
        if path.startswith("/api/") and any(item.get("get", {}).get("security", []))
    ]
