"""The demo goes on wherever a start was cut short, though that step was not noted as done."""

import pytest

from kikubari.app import read_settings
from kikubari.cli.demo import DEMO_EMAIL, DemoLoader


class Server:
    """Keeps what is made, and refuses a second member by the same address as the product does."""

    def __init__(self) -> None:
        self.kept = {"/api/sources": [], "/api/members": []}

    def get(self, path):
        return list(self.kept[path])

    def post(self, path, body):
        assert body not in self.kept[path], "made twice"
        self.kept[path].append(body)
        return body


@pytest.fixture
def loader(tmp_path):
    return DemoLoader(read_settings({"KIKUBARI_HOME": str(tmp_path)}))


@pytest.mark.parametrize("step", ["sources", "member"])
def test_what_a_start_made_and_did_not_note_is_not_made_again(loader, step):
    server = Server()
    for _ in range(2):
        getattr(loader, f"_load_{step}")(server)
    [made] = [one for kept in server.kept.values() for one in kept]
    assert made.get("email", DEMO_EMAIL) == DEMO_EMAIL


def test_others_of_another_name_do_not_stand_in_for_it(loader):
    server = Server()
    server.kept["/api/sources"].append({"name": "shop back end", "kind": "server"})
    server.kept["/api/members"].append({"email": "hana@example.jp"})
    loader._load_sources(server)
    loader._load_member(server)
    assert len(server.kept["/api/sources"]) == len(server.kept["/api/members"]) == 2
