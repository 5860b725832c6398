"""What deliver gives, takes and needs: messages and their states, letters, people, consent."""

from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime
from enum import StrEnum
from typing import Protocol

import msgspec
from sqlalchemy import Connection

from kikubari.decide.guard import FactOfUse, GuardNote, Standing
from kikubari.decide.personalise import CompiledEmail, Facts, ShownProduct
from kikubari.deliver.bounces import BounceType
from kikubari.deliver.coupons import CouponPlan, MessageCoupon
from kikubari.deliver.providers.smtp import SmtpOutcome
from kikubari.deliver.reasons import Reason
from kikubari.spec.envelope import DEFAULT_WORKSPACE

EMAIL = "email"


class MessageState(StrEnum):
    """Where a message stands; docs/delivery.md draws the arrows."""

    QUEUED = "queued"
    SENDING = "sending"  # a worker has it; nothing has left yet
    COMMITTING = "committing"  # recorded just before the final dot
    SENT = "sent"
    FAILED = "failed"
    SKIPPED = "skipped"
    UNKNOWN = "unknown"
    CANCELLED = "cancelled"


class Purpose(StrEnum):
    """What a message is for; marketing needs consent, a transactional one always goes."""

    MARKETING = "marketing"
    TRANSACTIONAL = "transactional"


class DispatchState(StrEnum):
    """Whether the messages of a dispatch may leave."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"


class Sender(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Who a letter is from. `list_id` such as ``news.shop.example``."""

    from_address: str
    from_name: str = ""
    reply_to: str = ""
    list_id: str = ""


class Letter(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """All that the messages of one dispatch have in common; stored with it, so it never changes.

    Attributes:
        email: the compiled template.
        purpose: decides what consent is needed and whether a lost answer may be sent again.
        topic: what the letter is about, for the preference page; may be empty.
        selected_by: facts that chose the people; the guard judges them too.
        resends_unknown: a transactional letter may choose at-least-once: a message whose answer
            was lost is sent again with the same Message-ID.
        has_tracking: links are counted and a pixel is put in, for those who agreed to that; else
            everybody gets plain links and no pixel.
        at_best_hour: each waits for the hour at which its recipient is most likely to look.
        to_claimed: goes to an address that is only claimed too: what asks whose it is.
        coupon: whose codes it brings.
        priority: when several messages want the last room under a person's cap, the higher goes.
        gives_way: what lost is dropped, instead of waiting.
        gives: brings something of use and asks for nothing, as its author says.
        only_with: paths of facts, such as ``trigger.products``; where one of them is empty or
            missing the message is not sent.
    """

    email: CompiledEmail
    sender: Sender
    purpose: Purpose = Purpose.MARKETING
    topic: str = ""
    selected_by: tuple[FactOfUse, ...] = ()
    resends_unknown: bool = False
    has_tracking: bool = True
    at_best_hour: bool = False
    to_claimed: bool = False
    coupon: CouponPlan | None = None
    priority: int = 50
    gives_way: bool = False
    gives: bool = False
    only_with: tuple[str, ...] = ()


class Origin(msgspec.Struct, frozen=True):
    """What caused a dispatch, such as ``("broadcast", "brd_0192…")``."""

    kind: str
    id: str


class Dispatch(msgspec.Struct, frozen=True, kw_only=True):
    """Messages of one origin, which are paused, resumed and cancelled together."""

    id: int
    origin: Origin
    state: DispatchState
    letter: Letter
    letter_key: bytes  # hash of the letter, for caches
    workspace_id: int = DEFAULT_WORKSPACE


class Claimed(msgspec.Struct, frozen=True):
    """A message a worker has claimed.

    Attributes:
        fence: proves the claim: each claim raises it by one.
        held_at: when it was first made to wait for a better time, None if it never was.
    """

    id: int
    dispatch_id: int
    number: int
    fence: int
    attempts: int
    queued_at: datetime
    held_at: datetime | None = None


class PersonTime(msgspec.Struct, frozen=True):
    """What is known of a person's day.

    Attributes:
        zone: IANA name; the shop's when the person's own is not known.
        is_assumed: the zone is the shop's.
    """

    zone: str = "UTC"
    is_assumed: bool = False


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """A wish to pass the last gate: this rendered message is one dot away from leaving.

    Attributes:
        address_key: keyed hash of the recipient's address.
        record: what was rendered from which facts, to be sealed.
        time: when it suits the recipient.
    """

    message: Claimed
    address_key: bytes
    record: bytes
    time: PersonTime = PersonTime()


class Verdict(msgspec.Struct, frozen=True):
    """What becomes of a message that a gate stopped.

    `due_at` is when it is tried again, for one that goes back to the queue to wait.
    """

    state: MessageState
    reason: Reason
    due_at: datetime | None = None


class Settled(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one attempt: the state to record, and why.

    `due_at` is set when it goes back to the queue. `smtp_text` names no person. `is_tracked` of a
    sent message: it carried tracking links. `guard` is what the guard said, `record` is kept of a
    message it blocked. `assumed_zone` is the shop's zone, if the message was
    judged by that for want of the person's own.
    `bounce_type` of one that was given up: what that says about the address.
    """

    message: Claimed
    state: MessageState
    reason: Reason | None = None
    is_attempt: bool = False
    due_at: datetime | None = None
    smtp_code: int | None = None
    smtp_text: str = ""
    bounce_type: BounceType | None = None
    is_tracked: bool = False
    assumed_zone: str = ""
    guard: GuardNote = GuardNote()
    record: bytes = b""


class Recipient(msgspec.Struct, frozen=True, kw_only=True):
    """A person as a message needs them.

    Attributes:
        number: the number the message was enqueued for.
        address: e-mail address, empty when none is known.
        is_verified: the person's own, as far as is known; others are never written to.
        is_tracked: agreed to tracking: gets signed links and a pixel; others get plain links.
        timezone: IANA name.
        is_zone_assumed: the time zone is the shop's, the person's own is not known.
        standing: what the person has said about the use of what is known of them.
        consented_at: when they agreed to marketing by e-mail, None when they did not.
        consent_source: where, as recorded.
        coupon: what this message brings them.
        has_open_day: the last day of an open may be kept: they get a pixel, where they are not
            tracked, and plain links.
    """

    number: int
    address: str
    is_verified: bool
    is_tracked: bool
    name: str = ""
    language: str = "en"
    timezone: str = "UTC"
    is_zone_assumed: bool = False
    facts: Facts = Facts()
    standing: Standing = Standing()
    consented_at: datetime | None = None
    consent_source: str = ""
    coupon: MessageCoupon | None = None
    has_open_day: bool = False

    @property
    def time(self) -> PersonTime:
        """What is known of their day."""
        return PersonTime(self.timezone, self.is_zone_assumed)


class Composed(msgspec.Struct, frozen=True, kw_only=True):
    """A message ready to go, or why it must not: then `data` is empty.

    `record` is JSON of a `MessageRecord`; `guard` is what the guard said; `problem` tells
    its author what was wrong; `cpu_seconds` is what making it took.
    """

    data: bytes = b""
    record: bytes = b""
    guard: GuardNote = GuardNote()
    stopped_by: Reason | None = None
    problem: str = ""
    cpu_seconds: float = 0.0


class Recipients(Protocol):
    """Loads people in bulk; `app` implements it on profiles."""

    def load(self, numbers: Sequence[int], *, workspace_id: int) -> Mapping[int, Recipient]:
        """Return the people by the given numbers; those erased are missing."""
        ...


class Coupons(Protocol):
    """Hands out codes; `journeys` implements it on offers."""

    def provide(
        self, plan: CouponPlan, people: Sequence[tuple[Claimed, Recipient]]
    ) -> Mapping[int, MessageCoupon | None]:
        """Return what messages bring, by id: None where the offer had no code to give.

        A message for whose recipient there is no offer is missing. Asking again gives the same.
        """
        ...

    def release_in(self, connection: Connection, message_ids: Collection[int]) -> None:
        """Take back the codes of messages that never left; others have none."""
        ...


class Occasions(Protocol):
    """Knows what caused a message to one person; `journeys` implements it."""

    def load(self, dispatch: Dispatch, numbers: Sequence[int]) -> Mapping[int, Facts]:
        """Return what templates may read besides what is known of the person, by number."""
        ...


class Consents(Protocol):
    """The consent ledger as the last gate reads it, inside its transaction."""

    def list_granted(
        self,
        connection: Connection,
        numbers: Sequence[int],
        *,
        purpose: str,
        channel: str,
        workspace_id: int,
    ) -> Collection[int]:
        """Return those of the numbers whose latest word is a grant. Unknown means no."""
        ...


class Transport(Protocol):
    """Hands one message to one recipient; `providers.smtp.SmtpPool` is one."""

    async def send(
        self,
        mail_from: str,
        rcpt_to: str,
        data: bytes,
        *,
        before_final_dot: Callable[[], Awaitable[bool]],
    ) -> SmtpOutcome:
        """Send, asking once when all but the final dot is written; False abandons."""
        ...


class Composer(Protocol):
    """Makes the messages of a dispatch for several people at once."""

    async def compose(
        self, dispatch: Dispatch, people: Sequence[tuple[Claimed, Recipient]]
    ) -> list[Composed]:
        """Return one message, or why there is none, for each of the people, in order."""
        ...


class MessageView(msgspec.Struct, frozen=True, kw_only=True):
    """A message as the API and the report show it.

    Attributes:
        due_at: of a queued one: not before then.
        assumed_zone: the shop's time zone, if the message was held or let go by that for want of
            the person's own; else empty.
    """

    id: str
    origin: Origin
    number: int
    state: MessageState
    reason: Reason | None
    attempts: int
    queued_at: datetime
    due_at: datetime | None
    sent_at: datetime | None
    smtp_code: int | None
    smtp_text: str
    assumed_zone: str = ""
    purpose: Purpose = Purpose.MARKETING


class MessageRecord(msgspec.Struct, frozen=True, kw_only=True):
    """What a message said and which facts about the person it used, as rendered.

    Attributes:
        reason: why it came, as the person reads it.
        guard: what the guard said of it.
        coupon: the code it brought, and why of that offer.
        recommended: the products it showed that were found for the person, and why.
        told_only: the person objected to more than their own words when it was written.
    """

    subject: str
    language: str
    facts: list[dict[str, object]] = []
    reason: str = ""
    guard: GuardNote = GuardNote()
    coupon: MessageCoupon | None = None
    recommended: tuple[ShownProduct, ...] = ()
    told_only: bool = False


class Counts(msgspec.Struct, frozen=True):
    """How many messages of a dispatch are in each state, and how many stopped for each reason."""

    states: dict[MessageState, int]
    reasons: dict[Reason, int]

    @property
    def total(self) -> int:
        """All messages of the dispatch."""
        return sum(self.states.values())

    @property
    def is_settled(self) -> bool:
        """Whether none of them can still leave."""
        moving = (MessageState.QUEUED, MessageState.SENDING, MessageState.COMMITTING)
        return not any(self.states.get(state, 0) for state in moving)


def public_id(message_id: int) -> str:
    """Return a message's id as the log and the API write it: ``msg_`` and 16 hex digits."""
    return f"msg_{message_id:016x}"


def parse_public_id(text: str) -> int | None:
    """Return the message id of its public form, None if it is not one."""
    digits = text.removeprefix("msg_")
    if len(digits) != 16 or digits == text or not set(digits) <= set("0123456789abcdef"):  # noqa: PLR2004 - 16 hex digits are 64 bits
        return None
    return int(digits, 16)
