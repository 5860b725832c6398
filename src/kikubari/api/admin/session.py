"""Logging in and out, and who is logged in."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, Response, delete, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody

from kikubari.access import (
    Ceremony,
    LinkFacts,
    Method,
    NewSession,
    Principal,
    Role,
)
from kikubari.api.authentication import (
    actor_of,
    open_to_anybody,
    requires_anybody,
    requires_member,
    session_of,
)
from kikubari.api.contracts import Services, ShopSettings
from kikubari.api.cookies import clear_session, set_session
from kikubari.api.guarding import AUDITED
from kikubari.api.relying_party import relying_party

AnyRequest = Request[Principal | None, str | None, Any]
Secret = Annotated[str, msgspec.Meta(max_length=1_000)]
Ticket = Annotated[str, msgspec.Meta(max_length=100)]


class MemberFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The member a session belongs to, and how it stands.

    With `must_enrol` nothing opens but their own account, until they have a second factor.
    """

    id: str
    role: Role
    must_enrol: bool
    confirmed_at: datetime
    expires_at: datetime


class SessionAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Who makes the requests of this session, and for which shop.

    `csrf_token` goes into the header `X-CSRF-Token` of unsafe requests; keys have none.
    """

    name: str
    scopes: list[str]
    csrf_token: str | None
    shop: ShopSettings
    member: MemberFacts | None


class LogInRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Address and password."""

    email: Annotated[str, msgspec.Meta(max_length=254)]
    password: Secret


class LogInAnswer(msgspec.Struct, frozen=True):
    """The session is open; or, with a ticket, one of the methods is still to come."""

    is_open: bool
    ticket: str = ""
    methods: tuple[Method, ...] = ()


class CodeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The second step: a code of the authenticator app, or a recovery code."""

    ticket: Ticket
    code: Annotated[str, msgspec.Meta(max_length=40)]


class PasskeyOptionsRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which challenge: of the second step, or of a log-in by passkey alone."""

    ticket: Ticket | None = None


class PasskeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey's answer, as `PublicKeyCredential.toJSON()` gives it."""

    ticket: Ticket
    credential: dict[str, Any]


class ConfirmRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The member's password, once more."""

    password: Secret


class LinkRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a one-time link."""

    token: Ticket


class RedeemRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The token of a one-time link, and the password its member has chosen."""

    token: Ticket
    password: Secret


@get("/session", guards=[requires_anybody()], sync_to_thread=False)
def get_session(
    request: Request[Principal, str | None, Any], services: NamedDependency[Services]
) -> SessionAnswer:
    """Say who is logged in."""
    principal = request.user
    session = principal.session
    member = None
    if session is not None:
        member = MemberFacts(
            id=session.member_id,
            role=session.role,
            must_enrol=session.must_enrol,
            confirmed_at=session.confirmed_at,
            expires_at=session.expires_at,
        )
    return SessionAnswer(
        name=principal.name,
        scopes=sorted(principal.scopes),
        csrf_token=principal.csrf_token,
        shop=services.settings,
        member=member,
    )


# Checking a password takes a tenth of a second on purpose: never on the event loop.
@post(
    "/session",
    guards=[open_to_anybody()],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def log_in(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[LogInRequest]
) -> Response[LogInAnswer]:
    """Open a session by address and password, or begin one that needs a second factor."""
    step = services.access.log_in.by_password(data.email, data.password, actor_of(request))
    if step.session is None:
        return Response(LogInAnswer(is_open=False, ticket=step.ticket, methods=step.methods))
    return _opened(request, step.session)


@post(
    "/session/code",
    guards=[open_to_anybody()],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def log_in_by_code(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[CodeRequest]
) -> Response[LogInAnswer]:
    """Complete a log-in with a code; each works once."""
    session = services.access.log_in.by_code(data.ticket, data.code, actor_of(request))
    return _opened(request, session)


@post(
    "/session/passkey-options",
    guards=[open_to_anybody()],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def begin_log_in_by_passkey(
    request: AnyRequest,
    services: NamedDependency[Services],
    data: JSONBody[PasskeyOptionsRequest],
) -> Ceremony:
    """Return the options for `navigator.credentials.get`."""
    return services.access.passkeys.challenge(relying_party(request), data.ticket)


@post(
    "/session/passkey",
    guards=[open_to_anybody()],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def log_in_by_passkey(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[PasskeyRequest]
) -> Response[LogInAnswer]:
    """Open a session, or complete a log-in, with a passkey."""
    session = services.access.log_in.by_passkey(
        data.ticket, data.credential, relying_party(request), actor_of(request)
    )
    return _opened(request, session)


@post(
    "/session/confirm",
    guards=[requires_member()],
    sync_to_thread=True,
    status_code=204,
    opt={AUDITED: True},
)
def confirm_session(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[ConfirmRequest]
) -> Response[None]:
    """Prove oneself anew before a grave change; the session goes on under another token."""
    email = request.user.name if request.user else ""
    session = services.access.log_in.confirm(
        session_of(request), email, data.password, actor_of(request)
    )
    return renewed(request, session)


@delete("/session", guards=[requires_member()], sync_to_thread=True, opt={AUDITED: True})
def log_out(request: AnyRequest, services: NamedDependency[Services]) -> Response[None]:
    """End this session."""
    services.access.log_in.log_out(session_of(request), actor_of(request))
    answer: Response[None] = Response(None, status_code=204)
    clear_session(request, answer)
    return answer


@post(
    "/session/links/read",
    guards=[open_to_anybody()],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def read_link(services: NamedDependency[Services], data: JSONBody[LinkRequest]) -> LinkFacts:
    """Say whom a one-time link is for, without using it."""
    return services.access.members.read_link(data.token)


@post(
    "/session/links/redeem",
    guards=[open_to_anybody()],
    sync_to_thread=True,
    status_code=204,
    opt={AUDITED: True},
)
def redeem_link(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[RedeemRequest]
) -> None:
    """Set the password a one-time link is for; it is used up, and its member logs in."""
    services.access.members.redeem_link(data.token, data.password, actor_of(request))


def renewed(request: AnyRequest, session: NewSession) -> Response[None]:
    """Answer with nothing but a new session cookie; GET /api/session has its new token."""
    answer: Response[None] = Response(None, status_code=204)
    set_session(request, answer, session)
    return answer


def _opened(request: AnyRequest, session: NewSession) -> Response[LogInAnswer]:
    answer = Response(LogInAnswer(is_open=True))
    set_session(request, answer, session)
    return answer


session_handlers = [
    get_session,
    log_in,
    log_in_by_code,
    begin_log_in_by_passkey,
    log_in_by_passkey,
    confirm_session,
    log_out,
    read_link,
    redeem_link,
]
