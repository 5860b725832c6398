"""A member's own account: password, second factors, sessions."""

from typing import Annotated, Any

import msgspec
from litestar import Response, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.access import Ceremony, EnrolledFactors, Member, OpenSession, Passkey
from kikubari.api.admin.session import AnyRequest, Secret, Ticket, renewed
from kikubari.api.authentication import actor_of, requires_member, session_of
from kikubari.api.contracts import Services
from kikubari.api.cookies import set_session
from kikubari.api.guarding import AUDITED
from kikubari.api.qr import QrCode, draw_qr
from kikubari.api.relying_party import relying_party

PasskeyName = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class AccountAnswer(msgspec.Struct, frozen=True):
    """The member, and what they have set up beside the password."""

    member: Member
    factors: EnrolledFactors


class PasswordRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The password there is, and the one there shall be."""

    current: Secret
    new: Secret


class TotpAnswer(msgspec.Struct, frozen=True):
    """The secret for an authenticator app: as text, as an address, as a picture."""

    secret: str
    uri: str
    qr: QrCode


class TotpCodeRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The app's first code."""

    code: Annotated[str, msgspec.Meta(max_length=20)]


class RecoveryCodes(msgspec.Struct, frozen=True):
    """Codes for the day the device is lost, at the one moment they are known; each works once."""

    codes: list[str]


class NewPasskeyRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A passkey the browser made, as `PublicKeyCredential.toJSON()` gives it."""

    ticket: Ticket
    name: PasskeyName
    credential: dict[str, Any]


class NewPasskeyAnswer(msgspec.Struct, frozen=True):
    """The passkey, and recovery codes if the member had none."""

    passkey: Passkey
    recovery_codes: list[str]


class PasskeyNameRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Another name for a passkey."""

    name: PasskeyName


@get("/account", guards=[requires_member()], sync_to_thread=True)
def get_account(request: AnyRequest, services: NamedDependency[Services]) -> AccountAnswer:
    """Return the logged-in member and what they have set up."""
    session = session_of(request)
    access = services.access
    return AccountAnswer(access.members.get(session.member_id), access.enrolled(session))


@post(
    "/account/password",
    guards=[requires_member()],
    sync_to_thread=True,
    status_code=204,
    opt={AUDITED: True},
)
def change_password(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[PasswordRequest]
) -> Response[None]:
    """Change the password; every session of the member ends, this browser gets a new one."""
    by = actor_of(request)
    session = services.access.log_in.change_password(
        session_of(request), by.name, data.current, data.new, by
    )
    return renewed(request, session)


@post("/account/totp", guards=[requires_member()], sync_to_thread=True, opt={AUDITED: True})
def begin_totp(request: AnyRequest, services: NamedDependency[Services]) -> TotpAnswer:
    """Make a secret for an authenticator app; it counts once a first code confirms it."""
    email = actor_of(request).name
    setup = services.access.second_factors.begin_totp(session_of(request), email)
    return TotpAnswer(setup.secret, setup.uri, draw_qr(setup.uri))


@post(
    "/account/totp/confirm",
    guards=[requires_member()],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def confirm_totp(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[TotpCodeRequest]
) -> Response[RecoveryCodes]:
    """Put the authenticator app in force; recovery codes are shown once."""
    session, codes = services.access.second_factors.confirm_totp(
        session_of(request), data.code, actor_of(request)
    )
    answer = Response(RecoveryCodes(codes))
    set_session(request, answer, session)
    return answer


@delete("/account/totp", guards=[requires_member()], sync_to_thread=True, opt={AUDITED: True})
def remove_totp(request: AnyRequest, services: NamedDependency[Services]) -> Response[None]:
    """Forget the authenticator app."""
    session = services.access.second_factors.remove_totp(session_of(request), actor_of(request))
    return renewed(request, session)


@post(
    "/account/recovery-codes",
    guards=[requires_member()],
    sync_to_thread=True,
    opt={AUDITED: True},
)
def renew_recovery_codes(request: AnyRequest, services: NamedDependency[Services]) -> RecoveryCodes:
    """Make ten new recovery codes; the old ones are worth nothing."""
    return RecoveryCodes(
        services.access.second_factors.renew_recovery_codes(session_of(request), actor_of(request))
    )


@post(
    "/account/passkeys/options",
    guards=[requires_member()],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def begin_passkey(request: AnyRequest, services: NamedDependency[Services]) -> Ceremony:
    """Return the options for `navigator.credentials.create`."""
    email = actor_of(request).name
    return services.access.passkeys.begin(session_of(request), email, relying_party(request))


@post("/account/passkeys", guards=[requires_member()], sync_to_thread=True, opt={AUDITED: True})
def add_passkey(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[NewPasskeyRequest]
) -> Response[NewPasskeyAnswer]:
    """Keep a passkey the browser made."""
    session, passkey, codes = services.access.passkeys.register(
        session_of(request),
        data.ticket,
        data.credential,
        party=relying_party(request),
        name=data.name,
        by=actor_of(request),
    )
    answer = Response(NewPasskeyAnswer(passkey, codes), status_code=201)
    set_session(request, answer, session)
    return answer


@put(
    "/account/passkeys/{passkey_id:str}",
    guards=[requires_member()],
    sync_to_thread=True,
    opt={AUDITED: True},
)
def rename_passkey(
    request: AnyRequest,
    services: NamedDependency[Services],
    passkey_id: FromPath[str],
    data: JSONBody[PasskeyNameRequest],
) -> Passkey:
    """Give a passkey another name."""
    return services.access.passkeys.rename(session_of(request), passkey_id, data.name)


@delete(
    "/account/passkeys/{passkey_id:str}",
    guards=[requires_member()],
    sync_to_thread=True,
    opt={AUDITED: True},
)
def remove_passkey(
    request: AnyRequest, services: NamedDependency[Services], passkey_id: FromPath[str]
) -> Response[None]:
    """Forget a passkey."""
    session = services.access.passkeys.remove(session_of(request), passkey_id, actor_of(request))
    return renewed(request, session)


@get("/account/sessions", guards=[requires_member()], sync_to_thread=True)
def list_sessions(request: AnyRequest, services: NamedDependency[Services]) -> list[OpenSession]:
    """List the member's own open sessions, the newest first."""
    return services.access.sessions.list_sessions(session_of(request))


@delete("/account/sessions", guards=[requires_member()], sync_to_thread=True, opt={AUDITED: True})
def end_other_sessions(request: AnyRequest, services: NamedDependency[Services]) -> None:
    """End every session of the member but this one, within ten minutes of a proof of who asks."""
    services.access.sessions.end_others(session_of(request), actor_of(request))


@delete(
    "/account/sessions/{session_id:str}",
    guards=[requires_member()],
    sync_to_thread=True,
    opt={AUDITED: True},
)
def end_session(
    request: AnyRequest, services: NamedDependency[Services], session_id: FromPath[str]
) -> None:
    """End one of the member's own sessions; another than this one after a proof of who asks."""
    services.access.sessions.end(session_of(request), session_id, actor_of(request))


account_handlers = [
    get_account,
    change_password,
    begin_totp,
    confirm_totp,
    remove_totp,
    renew_recovery_codes,
    begin_passkey,
    add_passkey,
    rename_passkey,
    remove_passkey,
    list_sessions,
    end_other_sessions,
    end_session,
]
