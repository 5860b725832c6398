"""Controls of ASVS that an installation's settings decide, tried where its users are."""

import pytest

from installation import Installation

SHOP, HOST = "Teapot & Sons", "news.larkspur.example"


@pytest.fixture(scope="module")
def strict(tmp_path_factory):
    """An installation with a name and hosts of its own."""
    home = tmp_path_factory.mktemp("strict") / "home"
    settings = {"SHOP_NAME": SHOP, "PUBLIC_URL": f"https://{HOST}"}
    with Installation(home, **settings).served() as running:
        yield running


@pytest.mark.parametrize(
    "password",
    [
        "violet teapot ladder",
        "violet Teap0tSons ladder",
        "violet larkspur ladder",
        "violet k-i-k-u-b-a-r-i ladder",
    ],
)
def test_no_password_has_the_name_of_shop_host_or_product(strict, password):
    name = f"{len(password)}-{password.count('-')}@example.jp"
    body = {"email": f"set-{name}", "password": password, "role": "viewer"}
    refused = [strict.client.post("/api/members", json=body)]
    invited = {"email": f"asked-{name}", "role": "viewer"}
    token = strict.post("/api/members/invitations", invited)["url"].rpartition("#")[2]
    with strict.stranger() as anybody:
        body = {"token": token.rpartition("=")[2], "password": password}
        refused.append(anybody.post("/api/session/links/redeem", json=body))
    for answer in refused:
        assert answer.status_code == 400
        assert answer.json()["error"]["code"] == "password_weak"
        assert "name" in answer.json()["error"]["message"]
