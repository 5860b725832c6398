"""A broadcast seen as one of its recipients would, before anything is sent."""

import asyncio

import msgspec

from kikubari.deliver import (
    Claimed,
    Composer,
    Dispatch,
    DispatchState,
    MessageRecord,
    Origin,
    Recipients,
)
from kikubari.journeys.broadcasts import letter_of
from kikubari.journeys.contracts import BroadcastDefinition, Preview
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError

# No message has this dispatch, so the links in a preview lead nowhere and count nothing.
_NO_DISPATCH = 0
_decode_record = msgspec.json.Decoder(MessageRecord).decode


class Previews:
    """Renders a definition for a person the way a worker would, in the same sandbox."""

    def __init__(
        self,
        recipients: Recipients,
        composer: Composer,
        clock: Clock,
        *,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._recipients = recipients
        self._composer = composer
        self._clock = clock
        self._workspace_id = workspace_id

    async def preview(self, definition: BroadcastDefinition, number: int) -> Preview:
        """Return what a person would get, whatever the last gate would say.

        Raises:
            NotFoundError: nobody by that number.
            TemplateError: with the place in the author's source.
        """
        loaded = await asyncio.to_thread(
            self._recipients.load, [number], workspace_id=self._workspace_id
        )
        if number not in loaded:
            raise NotFoundError(f"no profile {number}")
        dispatch = Dispatch(
            id=_NO_DISPATCH,
            workspace_id=self._workspace_id,
            origin=Origin("preview", ""),
            state=DispatchState.PAUSED,
            letter=letter_of(definition),
            letter_key=b"",
        )
        claimed = Claimed(number, _NO_DISPATCH, number, 0, 0, self._clock.now())
        [composed] = await self._composer.compose(dispatch, [(claimed, loaded[number])])
        return Preview(
            source=composed.data,
            record=_decode_record(composed.record) if composed.record else None,
            stopped_by=composed.stopped_by,
            problem=composed.problem,
        )
