"""Types of the access room."""

import msgspec

# read: look at anything. write: change definitions and data. send: start what reaches customers.
# admin: keys, sources, members. Editing and sending are apart on purpose.
SCOPES = ("read", "write", "send", "admin")


class Principal(msgspec.Struct, frozen=True):
    """Who makes a request, and what they may do."""

    name: str
    scopes: frozenset[str]
    # Present for a browser session: unsafe requests must repeat it.
    csrf_token: str | None = None


class ApiKey(msgspec.Struct, frozen=True):
    """An API key as it is listed: never its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    created_us: int


class NewApiKey(msgspec.Struct, frozen=True):
    """A key at the one moment its secret is known."""

    id: str
    name: str
    scopes: tuple[str, ...]
    secret: str


class Member(msgspec.Struct, frozen=True):
    """A person who works in the console."""

    id: str
    email: str
    scopes: tuple[str, ...]
