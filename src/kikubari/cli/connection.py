"""How a command reaches the product: the folder's running server, else one of its own."""

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from urllib.parse import quote

import httpx

from kikubari.app import Presence, ServerAddress, Settings
from kikubari.spec.errors import ConflictError, KikubariError, UnavailableError

_START_SECONDS = 120.0
_REQUEST_SECONDS = 600.0


class RemoteError(KikubariError):
    """What the server refused, as it said it."""

    def __init__(self, status: int, body: Mapping[str, Any]) -> None:
        error = body.get("error") or body
        super().__init__(
            str(error.get("message") or f"the server answered {status}"),
            hint=str(error.get("hint") or ""),
            detail=error.get("detail"),
        )
        self.remote_code = str(error.get("code") or "internal")


class AdminClient:
    """The admin API as commands use it."""

    def __init__(self, address: ServerAddress) -> None:
        self.url = address.url
        self._http = httpx.Client(
            base_url=address.url,
            headers={"Authorization": f"Bearer {address.token}"},
            timeout=_REQUEST_SECONDS,
            trust_env=False,
        )

    def get(self, path: str, **parameters: Any) -> Any:
        """Return the JSON of a GET."""
        chosen = {name: value for name, value in parameters.items() if value is not None}
        return self._send("GET", path, params=chosen)

    def post(self, path: str, body: Any = None) -> Any:
        """Return the JSON of a POST."""
        return self._send("POST", path, json={} if body is None else body)

    def post_bytes(self, path: str, body: bytes, **parameters: str) -> Any:
        """Return the JSON of a POST of something that is not JSON."""
        headers = {"Content-Type": "application/octet-stream"}
        return self._send("POST", path, content=body, headers=headers, params=parameters)

    def put(self, path: str, body: Any) -> Any:
        """Return the JSON of a PUT."""
        return self._send("PUT", path, json=body)

    def delete(self, path: str) -> Any:
        """Return the JSON of a DELETE, None if it has none."""
        return self._send("DELETE", path)

    def send_batch(self, write_key: str, messages: list[dict[str, Any]]) -> httpx.Response:
        """Send messages by the public tracking API."""
        return self._http.post(
            "/v1/import", json={"batch": messages}, auth=httpx.BasicAuth(write_key, "")
        )

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _send(self, method: str, path: str, **arguments: Any) -> Any:
        try:
            response = self._http.request(method, path, **arguments)
        except httpx.TransportError as error:
            raise UnavailableError(
                f"the server at {self.url} did not answer: {error}",
                hint="Look at its output; then try again.",
            ) from error
        if response.is_error:
            raise RemoteError(response.status_code, read_answer(response))
        return response.json() if _has_json(response) else None


def read_answer(response: httpx.Response) -> dict[str, Any]:
    """Return the JSON object of an answer; empty if a proxy, say, answered something else."""
    body = response.json() if _has_json(response) else None
    return body if isinstance(body, dict) else {}


def _has_json(response: httpx.Response) -> bool:
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return is_json and bool(response.content)


def in_path(prefix: str, *parts: str) -> str:
    """Return an address with ids in it, whatever they contain."""
    return "/".join([prefix, *(quote(part, safe="") for part in parts)])


@contextmanager
def connect(settings: Settings) -> Iterator[AdminClient]:
    """Yield a client of the server that owns the data folder, starting one if there is none.

    Raises:
        UnavailableError: the folder's server does not become ready.
    """
    with ExitStack() as stack:
        client = AdminClient(_find_or_start(settings, stack))
        stack.callback(client.close)
        yield client


def _find_or_start(settings: Settings, stack: ExitStack) -> ServerAddress:
    """Return the folder's server, or a private one that ends with the stack."""
    presence = Presence(settings.folder)
    owner = _wait_for_owner(presence)
    if owner is not None:
        return owner
    # Loads every engine: not for commands that find a server.
    from kikubari.app.server import private_server  # noqa: PLC0415

    try:
        return stack.enter_context(private_server(settings))
    except ConflictError:
        # Loading takes a while: a server that was started meanwhile is the one to talk to.
        owner = _wait_for_owner(presence)
        if owner is None:
            raise
        return owner


def _wait_for_owner(presence: Presence) -> ServerAddress | None:
    deadline = time.monotonic() + _START_SECONDS
    while presence.is_taken():
        address = presence.find_owner()
        if address is not None:
            return address
        if time.monotonic() > deadline:
            raise UnavailableError(
                "another process has the data folder open and does not become ready",
                hint="Stop it, or look at its output.",
            )
        time.sleep(0.1)
    return None
