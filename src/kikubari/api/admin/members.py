"""Members, their roles and one-time links; how strict this installation is."""

from datetime import datetime
from typing import Annotated, Any

import msgspec
from litestar import Request, delete, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, JSONBody

from kikubari.access import (
    ROLE_SCOPES,
    SCOPES,
    LinkKind,
    Member,
    OneTimeLink,
    Policy,
    Principal,
    Role,
)
from kikubari.api.authentication import actor_of, requires
from kikubari.api.contracts import Services
from kikubari.api.guarding import AUDITED

AnyRequest = Request[Principal, str | None, Any]
Address = Annotated[str, msgspec.Meta(min_length=3, max_length=254)]
Name = Annotated[str, msgspec.Meta(max_length=100)]
# The token stands behind a #, which browsers keep to themselves: no log has it, no referrer.
_LINK_PATH = "/app/welcome#"


class RoleFacts(msgspec.Struct, frozen=True):
    """What a role may do."""

    role: Role
    scopes: list[str]


class MemberRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member to add who has a password already."""

    email: Address
    password: Annotated[str, msgspec.Meta(max_length=1_000)]
    role: Role = Role.VIEWER
    name: Name = ""


class InvitationRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member to invite."""

    email: Address
    role: Role = Role.VIEWER
    name: Name = ""


class MemberChange(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member shall be."""

    role: Role
    name: Name = ""


class ResetRequest(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How much of a member's log-in to begin anew."""

    forgets_second_factor: bool = False


class LinkAnswer(msgspec.Struct, frozen=True):
    """A one-time link to hand to its member, at the one moment it is known."""

    kind: LinkKind
    member: Member
    url: str
    expires_at: datetime


@get("/roles", guards=[requires("read")], sync_to_thread=False)
def list_roles() -> list[RoleFacts]:
    """List what each role may do."""
    return [
        RoleFacts(role, [scope for scope in SCOPES if scope in scopes])
        for role, scopes in ROLE_SCOPES.items()
    ]


@get("/members", guards=[requires("admin")], sync_to_thread=True)
def list_members(services: NamedDependency[Services]) -> list[Member]:
    """List members by address."""
    return services.access.members.list_members()


@post("/members", guards=[requires("admin")], sync_to_thread=True, opt={AUDITED: True})
def create_member(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[MemberRequest]
) -> Member:
    """Add a member who has a password already; better invite, so that nobody else knows it."""
    return services.access.members.create(
        data.email, data.password, data.role, actor_of(request), name=data.name
    )


@post("/members/invitations", guards=[requires("admin")], sync_to_thread=True, opt={AUDITED: True})
def invite_member(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[InvitationRequest]
) -> LinkAnswer:
    """Add a member; hand them the link, by which they choose their password, within a week."""
    link = services.access.members.invite(data.email, data.role, actor_of(request), name=data.name)
    return _answer(services, link)


@put(
    "/members/{member_id:str}",
    guards=[requires("admin")],
    sync_to_thread=True,
    opt={AUDITED: True},
)
def change_member(
    request: AnyRequest,
    services: NamedDependency[Services],
    member_id: FromPath[str],
    data: JSONBody[MemberChange],
) -> Member:
    """Change role and name. Another role ends the member's sessions."""
    return services.access.members.change(member_id, data.role, actor_of(request), name=data.name)


@delete(
    "/members/{member_id:str}",
    guards=[requires("admin")],
    sync_to_thread=True,
    opt={AUDITED: True},
)
def remove_member(
    request: AnyRequest, services: NamedDependency[Services], member_id: FromPath[str]
) -> None:
    """Remove a member; their sessions end at once."""
    services.access.members.remove(member_id, actor_of(request))


@post(
    "/members/{member_id:str}/reset",
    guards=[requires("admin")],
    sync_to_thread=True,
    opt={AUDITED: True},
)
def reset_member(
    request: AnyRequest,
    services: NamedDependency[Services],
    member_id: FromPath[str],
    data: JSONBody[ResetRequest],
) -> LinkAnswer:
    """Make a link by which a member chooses a new password, within a day."""
    link = services.access.members.reset(
        member_id, actor_of(request), forgets_second_factor=data.forgets_second_factor
    )
    return _answer(services, link)


@get("/access-policy", guards=[requires("admin")], sync_to_thread=True)
def get_policy(services: NamedDependency[Services]) -> Policy:
    """Return how strict this installation is."""
    return services.access.policies.get()


@put("/access-policy", guards=[requires("admin")], sync_to_thread=True, opt={AUDITED: True})
def change_policy(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[Policy]
) -> Policy:
    """Change how strict this installation is; running sessions follow at once."""
    return services.access.policies.change(data, actor_of(request))


def _answer(services: Services, link: OneTimeLink) -> LinkAnswer:
    url = f"{services.settings.base_url}{_LINK_PATH}{link.token}"
    return LinkAnswer(link.kind, link.member, url, link.expires_at)


member_handlers = [
    list_roles,
    list_members,
    create_member,
    invite_member,
    change_member,
    remove_member,
    reset_member,
    get_policy,
    change_policy,
]
