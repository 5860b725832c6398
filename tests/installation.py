"""A whole installation as its users have it: a server process, commands, HTTP. Nothing inside."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx

MEMBER = "member@example.com"
PASSWORD = "quiet-warm-exact"
ALL_SCOPES = ("read", "write", "send", "export", "admin")
_PATIENCE_SECONDS = 120


class Installation:
    """One data folder, the server on it, and what is needed to talk to it.

    Args:
        home: the data folder, which need not exist.
        settings: `PORT` is KIKUBARI_PORT, and so on; the port is a free one unless given.
    """

    def __init__(self, home: Path, **settings: str) -> None:
        self.home = home
        own = {
            name: value for name, value in os.environ.items() if not name.startswith("KIKUBARI_")
        }
        named = {"HOME": str(home), "PORT": "0", "RENDER_WORKERS": "1", **settings}
        self.environment = own | {f"KIKUBARI_{name}": value for name, value in named.items()}
        self.process: subprocess.Popen[bytes] | None = None
        self._client: httpx.Client | None = None

    # Commands

    def run(self, *arguments: str, status: int | None = 0) -> subprocess.CompletedProcess[str]:
        """Run a kikubari command; `status` is what it must exit with, None for anything."""
        done = subprocess.run(
            self.command(*arguments),
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=_PATIENCE_SECONDS,
            check=False,
        )
        said = f"kikubari {' '.join(arguments)}: {done.returncode}\n{done.stdout}\n{done.stderr}"
        assert status is None or done.returncode == status, said
        assert "Traceback" not in done.stderr, said
        return done

    def json(self, *arguments: str) -> Any:
        """Run a command with --json; return what it printed."""
        return json.loads(self.run(*arguments, "--json").stdout)

    def command(self, *arguments: str) -> Sequence[str]:
        return [sys.executable, "-m", "kikubari", *arguments]

    # The server

    def start(self) -> None:
        """Start the server; return when it is ready."""
        self.home.mkdir(parents=True, exist_ok=True)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command("serve"), env=self.environment, stdout=log, stderr=log
            )
        self.wait(self._is_ready)

    def stop(self) -> None:
        """Stop the server as an operator does."""
        self.client.close()
        self._client = None
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(30) == 0, self.log.read_text()
        self.process = None

    @contextmanager
    def served(self) -> Iterator["Installation"]:
        """Serve for a while."""
        try:
            self.start()
            yield self
            self.stop()
        finally:
            if self.process is not None:
                self.process.kill()
                self.process.wait()

    @property
    def log(self) -> Path:
        return self.home / "server.log"

    @property
    def owner(self) -> dict[str, Any]:
        """What the folder's owner wrote down for commands."""
        note: dict[str, Any] = json.loads((self.home / "server.json").read_bytes())
        return note

    @property
    def client(self) -> httpx.Client:
        """The API with an all-scopes key, made by command."""
        if self._client is None:
            scopes = [part for scope in ALL_SCOPES for part in ("--scope", scope)]
            key = self.json("keys", "create", "tests", *scopes)
            self._client = self.stranger(authorization=f"Bearer {key['secret']}")
        return self._client

    def stranger(self, **headers: str) -> httpx.Client:
        """Return a client without a key."""
        return httpx.Client(
            base_url=self.owner["url"], headers=headers, timeout=60, trust_env=False
        )

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the JSON of a GET."""
        return _answer(self.client.get(path, params=parameters))

    def post(self, path: str, body: Any = None) -> Any:
        """Return the JSON of a POST."""
        return _answer(self.client.post(path, json=body or {}))

    def put(self, path: str, body: Any) -> Any:
        """Return the JSON of a PUT."""
        return _answer(self.client.put(path, json=body))

    # Waiting

    def health(self) -> dict[str, Any]:
        health: dict[str, Any] = self.client.get("/healthz").json()
        return health

    def settle(self) -> None:
        """Wait until everything that was said is known everywhere: no consumer lags."""
        self.wait(lambda: not any(one["lag"] for one in self.health()["consumers"]))

    def wait(self, is_done: Callable[[], bool]) -> None:
        """Wait for something that the server does behind a request."""
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while not is_done():
            assert time.monotonic() < deadline, self.log.read_text()[-5_000:]
            time.sleep(0.05)

    def _is_ready(self) -> bool:
        assert self.process is not None
        assert self.process.poll() is None, self.log.read_text()
        try:
            return httpx.get(f"{self.owner['url']}/healthz", trust_env=False).is_success
        except (FileNotFoundError, httpx.TransportError):
            return False


def _answer(response: httpx.Response) -> Any:
    assert response.is_success, f"{response.request.url}: {response.status_code} {response.text}"
    return response.json()
