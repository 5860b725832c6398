"""Types of the access room."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated

import msgspec

# read: look at anything. write: change definitions and data. send: start what reaches customers.
# export: take everything about a person home as a file. admin: keys, sources, members, erasing.
# Editing and sending are apart on purpose, and so are looking and taking home.
SCOPES = ("read", "write", "send", "export", "admin")


class Role(StrEnum):
    """What a member is in the console."""

    VIEWER = "viewer"
    EDITOR = "editor"
    SENDER = "sender"
    ADMIN = "admin"


# The one table of what each role may do.
ROLE_SCOPES: Mapping[Role, frozenset[str]] = MappingProxyType(
    {
        Role.VIEWER: frozenset({"read"}),
        Role.EDITOR: frozenset({"read", "write"}),
        Role.SENDER: frozenset({"read", "write", "send"}),
        Role.ADMIN: frozenset(SCOPES),
    }
)


class Actor(msgspec.Struct, frozen=True):
    """Who changes something, and from where, as the audit log keeps it."""

    name: str
    address: str = ""
    browser: str = ""


class MemberSession(msgspec.Struct, frozen=True):
    """The session a request came with."""

    id: str
    member_id: str
    role: Role
    csrf_token: str
    expires_at: datetime
    # When the member last gave a password, a code or a passkey in this session.
    confirmed_at: datetime
    # The second factor is required and not set up: nothing else opens until it is.
    must_enrol: bool


class Principal(msgspec.Struct, frozen=True):
    """Who makes a request, and what they may do."""

    name: str
    scopes: frozenset[str]
    # Present for a member in a browser: unsafe requests must repeat its token.
    session: MemberSession | None = None
    key_id: str = ""

    @property
    def identity(self) -> str:
        """Who this is for ever, whatever they are called: a member or a key."""
        return self.session.member_id if self.session else self.key_id or self.name

    @property
    def csrf_token(self) -> str | None:
        """What a form of this session must carry."""
        return self.session.csrf_token if self.session else None


class ApiKey(msgspec.Struct, frozen=True):
    """An API key as it is listed: never its secret."""

    id: str
    name: str
    scopes: tuple[str, ...]
    requests_per_minute: int
    created_at: datetime
    last_used_at: datetime | None = None


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
    name: str
    role: Role
    is_invited: bool  # and has not chosen a password yet
    has_second_factor: bool
    created_at: datetime
    last_seen_at: datetime | None = None


class LinkKind(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    NEW_PASSWORD = "new_password"  # noqa: S105 - the name of a kind


class OneTimeLink(msgspec.Struct, frozen=True):
    """A link at the one moment it is known: to be handed to its member by whoever asked for it."""

    kind: LinkKind
    member: Member
    token: str
    expires_at: datetime


class LinkFacts(msgspec.Struct, frozen=True):
    """Whom a one-time link is for."""

    kind: LinkKind
    email: str


class NewSession(msgspec.Struct, frozen=True):
    """A session at the one moment its token is known: it goes into a cookie, stored nowhere."""

    token: str
    csrf_token: str


class Method(StrEnum):
    """A way to prove who one is, beside the password."""

    TOTP = "totp"
    PASSKEY = "passkey"
    RECOVERY_CODE = "recovery_code"


class LogInStep(msgspec.Struct, frozen=True):
    """A right password: the session is open, or a second factor is still to come."""

    session: NewSession | None = None
    ticket: str = ""
    methods: tuple[Method, ...] = ()


class OpenSession(msgspec.Struct, frozen=True):
    """One of a member's sessions, as they see them listed."""

    id: str
    address: str
    browser: str
    created_at: datetime
    last_seen_at: datetime
    is_this: bool


class Passkey(msgspec.Struct, frozen=True):
    """A passkey as its member sees it."""

    id: str
    name: str
    host: str
    created_at: datetime
    last_used_at: datetime | None


class RelyingParty(msgspec.Struct, frozen=True):
    """Where the console is open in the browser, as a passkey sees it."""

    host: str
    origin: str


class Ceremony(msgspec.Struct, frozen=True):
    """A passkey's challenge: the options for the browser, as JSON, and the ticket to answer by."""

    ticket: str
    options: msgspec.Raw


class TotpSetup(msgspec.Struct, frozen=True):
    """The secret for an authenticator app, until a first code confirms it."""

    secret: str
    uri: str


class EnrolledFactors(msgspec.Struct, frozen=True):
    """What a member has set up."""

    has_totp: bool
    recovery_codes_left: int
    passkeys: list[Passkey]


class Policy(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How strict this installation is."""

    requires_second_factor: bool = False
    idle_minutes: int = 480
    admin_idle_minutes: int = 30
    longest_hours: int = 12


class AuditEntry(msgspec.Struct, frozen=True):
    """One thing that was done: when, by whom, from where, what, to what."""

    number: int
    at: datetime
    actor: str
    address: str
    action: str
    target: str
    detail: str


class AuditCheck(msgspec.Struct, frozen=True):
    """Whether the audit log is as it was written."""

    is_intact: bool
    n_entries: int
    # The first entry that is not what it was, or is missing.
    broken_at: int | None = None


# The action of sending a broadcast.
SEND = "broadcast.send"


class ApprovalReason(StrEnum):
    """Why one person alone does not do."""

    SIZE = "size"  # more people than one member may write to
    GUARD = "guard"  # the guard objects to some of the messages
    SENDER = "sender"  # the sender's check fails


class ApprovalState(StrEnum):
    """How far an approval has come."""

    WAITING = "waiting"
    APPROVED = "approved"
    DECLINED = "declined"
    REPLACED = "replaced"  # the same was asked for again, of something newer
    SPENT = "spent"  # what it was for has happened
    EXPIRED = "expired"


class ApprovalPolicy(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """When a second member has to agree before mail leaves. As it comes: never.

    Attributes:
        over_people: for sends to more people than this; none: whatever the size.
        on_guard: for sends to which the guard objects, though it lets them go.
        on_unchecked: for sends whose sender's check fails.
        valid_hours: how long an approval can be given and used.
    """

    over_people: Annotated[int, msgspec.Meta(ge=0, le=10**12)] | None = None
    on_guard: bool = False
    on_unchecked: bool = False
    valid_hours: Annotated[int, msgspec.Meta(ge=1, le=168)] = 24


class Wish(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody wants to do, exactly.

    Attributes:
        action: such as `broadcast.send`.
        target: the id of what.
        version: of the target; no other one is approved by this.
        n_people: how many it reaches.
        reasons: why one person does not do.
        title: what people call the target.
        note: what the asker says for it.
    """

    action: str
    target: str
    version: int
    n_people: int
    reasons: tuple[ApprovalReason, ...]
    title: str
    note: str = ""


class Approval(msgspec.Struct, frozen=True, kw_only=True):
    """A wish that waits for a second member, and what became of it."""

    id: str
    wish: Wish
    state: ApprovalState
    asked_by: str
    asked_at: datetime
    expires_at: datetime
    decided_by: str
    decided_at: datetime | None
    answer: str


class KeptAnswer(msgspec.Struct, frozen=True):
    """An answer as it was first given."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes
