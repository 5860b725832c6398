"""The parent's side of composing: hands batches to sandboxed worker processes."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from kikubari.decide.guard import LAW, GuardPolicy
from kikubari.decide.personalise import (
    Done,
    InPieces,
    Recommends,
    SandboxLimits,
    SandboxPool,
    with_recommendations,
)
from kikubari.deliver.compose import ComposeItem, ComposeShared, compose_in_pieces
from kikubari.deliver.contracts import Claimed, Composed, Dispatch, Recipient
from kikubari.deliver.dkim import DkimKey
from kikubari.deliver.line_ends import join_lines
from kikubari.deliver.reasons import Reason
from kikubari.kit.clock import Clock

_DEFAULT_LIMITS = SandboxLimits()


class MailSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What every message of this installation needs.

    Attributes:
        base_url: where the public pages are.
        tracking_key: secret of `TrackingTokens`.
        dkim_keys: by the domain of the sender's address.
        content: what every template may read: the shop's name and address.
        currency: the shop's.
    """

    base_url: str
    tracking_key: bytes
    dkim_keys: Mapping[str, tuple[DkimKey, ...]] = {}
    content: Mapping[str, Any] = {}
    currency: str = "JPY"


class SandboxComposer:
    """Composes in worker processes with time and memory limits; close it when done.

    Args:
        settings: of every message.
        clock: what messages take for now.
        workers: processes.
        limits: of each.
        policy: returns the guard's policy, asked before each batch.
        topic_names: returns what a topic is called in Japanese and English, by its id.
        recommends: finds the products that letters recommend; without it they show none.
    """

    def __init__(
        self,
        settings: MailSettings,
        clock: Clock,
        *,
        workers: int = 2,
        limits: SandboxLimits = _DEFAULT_LIMITS,
        policy: Callable[[], GuardPolicy] = lambda: LAW,
        topic_names: Callable[[str], tuple[str, str]] = lambda _: ("", ""),
        recommends: Recommends | None = None,
    ) -> None:
        self._recommends = recommends
        self._topic_names = topic_names
        self._policy = policy
        self._settings = settings
        self._clock = clock
        self._pool: SandboxPool[ComposeShared, ComposeItem, InPieces[Composed]] = SandboxPool(
            compose_in_pieces, workers=workers, limits=limits
        )

    async def compose(
        self, dispatch: Dispatch, people: Sequence[tuple[Claimed, Recipient]]
    ) -> list[Composed]:
        """Return one message, or why there is none, for each of the people, in order.

        Raises:
            SandboxError: the worker processes cannot be started.
        """
        if self._recommends is not None and dispatch.letter.email.needs:
            people = await asyncio.to_thread(_recommended_to, people, dispatch, self._recommends)
        items = [compose_item(claimed, person, self._clock) for claimed, person in people]
        shared = await asyncio.to_thread(self._share, dispatch)
        outcomes = await self._pool.run_async(shared, items)
        return [
            msgspec.structs.replace(outcome.value.value, data=join_lines(outcome.value.pieces))
            if isinstance(outcome, Done)
            else Composed(stopped_by=Reason.RENDER_FAILED, problem=outcome.message)
            for outcome in outcomes
        ]

    def _share(self, dispatch: Dispatch) -> ComposeShared:
        topic = dispatch.letter.topic
        topic_ja, topic_en = self._topic_names(topic) if topic else ("", "")
        shared = compose_shared(self._settings, dispatch, self._policy())
        return msgspec.structs.replace(shared, topic_ja=topic_ja, topic_en=topic_en)

    def close(self) -> None:
        """End the worker processes."""
        self._pool.close()


def _recommended_to(
    people: Sequence[tuple[Claimed, Recipient]], dispatch: Dispatch, recommends: Recommends
) -> list[tuple[Claimed, Recipient]]:
    """Return the people with the products that their letters recommend."""
    facts = with_recommendations(
        dispatch.letter.email.needs,
        [(person.number, person.facts) for _, person in people],
        recommends,
    )
    return [
        (claimed, msgspec.structs.replace(person, facts=own))
        for (claimed, person), own in zip(people, facts, strict=True)
    ]


def compose_shared(
    settings: MailSettings, dispatch: Dispatch, policy: GuardPolicy = LAW
) -> ComposeShared:
    """Return what all messages of a dispatch share."""
    domain = dispatch.letter.sender.from_address.rpartition("@")[2].lower()
    return ComposeShared(
        letter=dispatch.letter,
        base_url=settings.base_url,
        tracking_key=settings.tracking_key,
        dkim_keys=settings.dkim_keys.get(domain, ()),
        content=dict(settings.content),
        currency=settings.currency,
        workspace_id=dispatch.workspace_id,
        guard_policy=b"" if policy == LAW else msgspec.json.encode(policy),
    )


def compose_item(claimed: Claimed, person: Recipient, clock: Clock) -> ComposeItem:
    """Return what is one message's own."""
    return ComposeItem(
        message_id=claimed.id,
        address=person.address,
        name=person.name,
        language=person.language,
        timezone=person.timezone,
        is_tracked=person.is_tracked,
        facts=person.facts,
        now=clock.now().replace(microsecond=0),
        is_zone_assumed=person.is_zone_assumed,
        standing=person.standing,
        consented_at=person.consented_at,
        consent_source=person.consent_source,
        coupon=person.coupon,
        has_open_day=person.has_open_day,
    )
