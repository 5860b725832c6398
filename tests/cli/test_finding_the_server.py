"""A command finds the server of its folder, also one that was started at the same moment."""

import os
from contextlib import contextmanager

import pytest

import kikubari.app.server
from kikubari.app import Presence, ServerAddress, read_settings
from kikubari.cli.connection import connect
from kikubari.spec.errors import ConflictError

ADDRESS = ServerAddress("http://127.0.0.1:1", "token", os.getpid())


@pytest.fixture
def settings(tmp_path):
    return read_settings({"KIKUBARI_HOME": str(tmp_path)})


def refuse(meanwhile):
    @contextmanager
    def private_server(_):
        meanwhile()
        raise ConflictError("another process has the folder open")
        yield

    return private_server


def test_a_server_that_was_quicker_is_talked_to(settings, monkeypatch):
    presence = Presence(settings.folder)

    def start():
        presence.take()
        presence.announce(ADDRESS)

    monkeypatch.setattr(kikubari.app.server, "private_server", refuse(start))
    try:
        with connect(settings) as client:
            assert client.url == ADDRESS.url
    finally:
        presence.release()


def test_what_is_no_server_is_told(settings, monkeypatch):
    monkeypatch.setattr(kikubari.app.server, "private_server", refuse(lambda: None))
    with pytest.raises(ConflictError), connect(settings):
        pass
