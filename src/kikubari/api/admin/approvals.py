"""The second member: when one is needed, what waits for one, their answers."""

from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter

from kikubari.access import Approval, ApprovalPolicy, ApprovalReason
from kikubari.api.authentication import actor_of, requires
from kikubari.api.contracts import Services
from kikubari.api.guarding import AUDITED
from kikubari.spec.errors import ConflictError, ForbiddenError

AnyRequest = Request[Any, Any, Any]
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]
Target = Annotated[str, QueryParameter(max_length=100)]


class ApprovalAnswer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What a member says when approving or declining."""

    note: Annotated[str, msgspec.Meta(max_length=500)] = ""


@get("/policies/approvals", guards=[requires("read")], sync_to_thread=True)
def get_approval_policy(services: NamedDependency[Services]) -> ApprovalPolicy:
    """Return when a second member has to agree before mail leaves."""
    return services.access.approvals.policy()


@put("/policies/approvals", guards=[requires("admin")], sync_to_thread=True, opt={AUDITED: True})
def set_approval_policy(
    request: AnyRequest, services: NamedDependency[Services], data: JSONBody[ApprovalPolicy]
) -> ApprovalPolicy:
    """Say when a second member has to agree, from now on."""
    return services.access.approvals.change_policy(data, actor_of(request))


@get("/approvals", guards=[requires("read")], sync_to_thread=True)
def list_approvals(
    services: NamedDependency[Services],
    target: Target = "",
    is_waiting: FromQuery[bool] = False,  # noqa: FBT002 - a query parameter
    limit: Limit = 100,
) -> list[Approval]:
    """List approvals, newest first: those of one target, or those that wait for an answer."""
    return services.access.approvals.list_approvals(
        target=target, is_waiting=is_waiting, limit=limit
    )


@get("/approvals/{approval_id:str}", guards=[requires("read")], sync_to_thread=True)
def get_approval(services: NamedDependency[Services], approval_id: FromPath[str]) -> Approval:
    """Return what was asked for, why, and what became of it."""
    return services.access.approvals.get(approval_id)


@post(
    "/approvals/{approval_id:str}/approve",
    guards=[requires("send")],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def approve(
    request: AnyRequest,
    services: NamedDependency[Services],
    approval_id: FromPath[str],
    data: JSONBody[ApprovalAnswer],
) -> Approval:
    """Agree to what another member asked for: to this version, to about this many people."""
    _check_still_meant(services, request, approval_id)
    return services.access.approvals.decide(
        approval_id, request.user, actor_of(request), approves=True, answer=data.note
    )


@post(
    "/approvals/{approval_id:str}/decline",
    guards=[requires("send")],
    sync_to_thread=True,
    status_code=200,
    opt={AUDITED: True},
)
def decline(
    request: AnyRequest,
    services: NamedDependency[Services],
    approval_id: FromPath[str],
    data: JSONBody[ApprovalAnswer],
) -> Approval:
    """Refuse what another member asked for, and say why."""
    services.access.approvals.get(approval_id)
    return services.access.approvals.decide(
        approval_id, request.user, actor_of(request), approves=False, answer=data.note
    )


def _check_still_meant(services: Services, request: AnyRequest, approval_id: str) -> None:
    """Refuse to approve what is no more, and without the right to do it oneself.

    Raises:
        NotFoundError: no such approval.
        ForbiddenError: only an admin may send past the check of a sender.
        ConflictError: the draft was changed.
    """
    wish = services.access.approvals.get(approval_id).wish
    if ApprovalReason.SENDER in wish.reasons and "admin" not in request.user.scopes:
        raise ForbiddenError("only an admin may approve this", hint="Ask for the role admin.")
    if services.broadcasts.get(wish.target).version != wish.version:
        raise ConflictError(f"{wish.title} was changed since", hint="It has to be asked for again.")


approval_handlers = [
    get_approval_policy,
    set_approval_policy,
    list_approvals,
    get_approval,
    approve,
    decline,
]
