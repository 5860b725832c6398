"""Hands letters to staff over to the mail server, by the sessions every message goes by."""

from collections.abc import Callable
from concurrent.futures import Future

from kikubari.access import Access
from kikubari.deliver import ReturnPath
from kikubari.deliver.providers.smtp import Accepted, PermanentRefusal, SmtpOutcome
from kikubari.spec.errors import UnavailableError

_PATIENCE_SECONDS = 120.0


class StaffPost:
    """Implements `journeys.HandOver`.

    Args:
        hand_over: gives sender, recipient and octets to the mail server.
        return_path: of the envelope's sender.
    """

    def __init__(
        self,
        hand_over: Callable[[str, str, bytes], Future[SmtpOutcome]],
        return_path: ReturnPath,
    ) -> None:
        self._hand_over = hand_over
        self._return_path = return_path

    def __call__(self, from_address: str, to: str, message_id: int, data: bytes) -> str:
        """Return why a letter was refused for good, "" when it was taken.

        Raises:
            UnavailableError: it may be taken later.
        """
        sending = self._hand_over(self._return_path.make(message_id, from_address), to, data)
        try:
            outcome = sending.result(_PATIENCE_SECONDS)
        except TimeoutError as error:
            raise UnavailableError("no answer in time") from error
        if isinstance(outcome, Accepted):
            return ""
        if isinstance(outcome, PermanentRefusal):
            return outcome.text or "refused"
        raise UnavailableError(getattr(outcome, "text", "") or "the connection was lost")


class Staff:
    """Says who is of the staff: members of the console, and addresses of the shop's own domain.

    Args:
        access: knows the members.
        domain: that the shop sends from.
    """

    def __init__(self, access: Access, domain: str) -> None:
        self._access = access
        self._domain = domain.lower()

    def is_one(self, address: str) -> bool:
        """Say whether an address is a member's, or of the shop's own domain."""
        asked = address.strip().lower()
        local, _, domain = asked.rpartition("@")
        if local and domain == self._domain:
            return True
        return any(member.email.lower() == asked for member in self._access.members.list_members())
