"""Test sends: from a draft to members' mailboxes, by the sessions every message goes by."""

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future

from kikubari.deliver import Composed, ReturnPath
from kikubari.deliver.providers.smtp import (
    Accepted,
    PermanentRefusal,
    SmtpOutcome,
    TemporaryRefusal,
)
from kikubari.journeys import BroadcastDefinition, Previews, TestedAddress

# Somebody looks at a form meanwhile.
_PATIENCE_SECONDS = 60.0


class TrialSends:
    """Sends drafts to addresses, and keeps nothing of it.

    Args:
        previews: writes a draft as one person would get it.
        hand_over: gives sender, recipient and octets to the mail server.
        return_path: of the envelope's sender.
    """

    def __init__(
        self,
        previews: Previews,
        hand_over: Callable[[str, str, bytes], Future[SmtpOutcome]],
        return_path: ReturnPath,
    ) -> None:
        self._previews = previews
        self._hand_over = hand_over
        self._return_path = return_path

    async def send(
        self, definition: BroadcastDefinition, number: int, addresses: Sequence[str]
    ) -> list[TestedAddress]:
        """Send a draft, as one person would get it, to addresses.

        Raises:
            NotFoundError: nobody by that number.
            TemplateError: with the place in the author's source.
            UnavailableError: nothing is sent just now.
        """
        made = await self._previews.compose_trial(definition, number, addresses)
        from_address = definition.sender.from_address
        return [
            await self._send_one(address, self._return_path.make(trial_id, from_address), one)
            for address, (trial_id, one) in zip(addresses, made, strict=True)
        ]

    async def _send_one(self, address: str, mail_from: str, one: Composed) -> TestedAddress:
        if one.stopped_by is not None:
            return TestedAddress(
                address=address, is_sent=False, stopped_by=one.stopped_by, problem=one.problem
            )
        sending = asyncio.wrap_future(self._hand_over(mail_from, address, one.data))
        try:
            outcome = await asyncio.wait_for(sending, _PATIENCE_SECONDS)
        except TimeoutError:
            return TestedAddress(address=address, is_sent=False, problem="no answer in time")
        if isinstance(outcome, Accepted):
            return TestedAddress(address=address, is_sent=True)
        problem = "the connection was lost"
        if isinstance(outcome, PermanentRefusal | TemporaryRefusal):
            problem = outcome.text
        return TestedAddress(address=address, is_sent=False, problem=problem)
