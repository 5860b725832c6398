"""How the access room refuses."""

from typing import ClassVar

from kikubari.access.contracts import Approval
from kikubari.spec.errors import (
    ConflictError,
    ForbiddenError,
    InvalidInputError,
    KikubariError,
    NotFoundError,
    UnauthorizedError,
)


class WrongCredentialsError(UnauthorizedError):
    """Address and password, or a code or passkey, do not belong together; never says which."""

    code: ClassVar[str] = "wrong_credentials"


class LogInExpiredError(UnauthorizedError):
    """What was begun took too long, or was tried too often: it starts anew."""

    code: ClassVar[str] = "log_in_expired"

    def __init__(self) -> None:
        super().__init__("this has expired", hint="Begin again.")


class ConfirmationNeededError(ForbiddenError):
    """Too long since the member proved who they are, for something this grave."""

    code: ClassVar[str] = "confirmation_needed"

    def __init__(self) -> None:
        super().__init__("this needs your password once more", hint="POST /api/session/confirm")


class SecondFactorNeededError(ForbiddenError):
    """This installation asks everybody for a second factor, and this member has none yet."""

    code: ClassVar[str] = "second_factor_needed"

    def __init__(self) -> None:
        super().__init__(
            "a second factor is required here",
            hint="Set up an authenticator app or a passkey in the settings.",
        )


class WeakPasswordError(InvalidInputError):
    """A password that is short or easily guessed."""

    code: ClassVar[str] = "password_weak"


class LinkSpentError(NotFoundError):
    """A one-time link that is unknown, used or too old."""

    code: ClassVar[str] = "link_spent"

    def __init__(self) -> None:
        super().__init__("this link is used up or too old", hint="Ask an admin for a new one.")


class PasskeyRefusedError(InvalidInputError):
    """A passkey's answer that does not fit its question, or an address passkeys cannot have."""

    code: ClassVar[str] = "passkey_refused"


class LastAdminError(ConflictError):
    """Without this admin nobody could let anybody in."""

    code: ClassVar[str] = "last_admin"

    def __init__(self) -> None:
        super().__init__("this is the last admin", hint="Make somebody else an admin before this.")


class ApprovalNeededError(ConflictError):
    """A second member has to agree; `detail` is the approval that waits for one."""

    code: ClassVar[str] = "approval_needed"

    def __init__(self, approval: Approval) -> None:
        super().__init__(
            "somebody else has to approve this",
            hint=f"Ask another member to approve {approval.id}, then send again.",
            detail=approval,
        )


class RequestDiffersError(KikubariError):
    """An Idempotency-Key that came with another request before."""

    code: ClassVar[str] = "idempotency_mismatch"
    status: ClassVar[int] = 422

    def __init__(self) -> None:
        super().__init__(
            "this Idempotency-Key came with another request before",
            hint="A new request needs a key of its own.",
        )


class RequestUnderWayError(ConflictError):
    """The first request with this Idempotency-Key has no answer yet, and may never get one."""

    code: ClassVar[str] = "idempotency_under_way"

    def __init__(self) -> None:
        super().__init__(
            "the first request with this Idempotency-Key has no answer yet",
            hint="Wait. If that lasts, it died: look whether it was done, then use another key.",
        )
