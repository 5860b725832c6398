"""What a trigger wants, in words, and what a person has of it."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

import msgspec

from kikubari.events import SequencedEvent
from kikubari.journeys.definition import (
    ApiTrigger,
    ConsentTrigger,
    DateTrigger,
    EventTrigger,
    FormTrigger,
    MessageTrigger,
    OnceTrigger,
    ProductTrigger,
    ScheduleTrigger,
    SegmentTrigger,
    Trigger,
    Who,
)
from kikubari.journeys.running.contracts import Refusal
from kikubari.journeys.running.stories import EnrolmentStory, InWords, RefusalTold, WantedSeen
from kikubari.spec.conditions import CountRange, EventCount, Events

_MOST = 50
Say = Callable[[Who], InWords]

_API = InWords("APIまたは別のジャーニーからの依頼", "A request by API or by another journey")
_ACTS = {
    "clicked": InWords("メッセージのリンクをクリックすること", "Clicking a link in a message"),
    "opened": InWords("メッセージを開くこと", "Opening a message"),
    "replied": InWords("メッセージに返信すること", "Replying to a message"),
    "bounced": InWords("メッセージが届かなかったこと", "A message that could not be delivered"),
    "unsubscribed": InWords("配信を停止すること", "Unsubscribing"),
}
_NEWS = {
    "price_dropped": InWords("関わりのある商品の値下げ", "A lower price of a product of theirs"),
    "low_stock": InWords("関わりのある商品の在庫が残りわずか", "Few left of a product of theirs"),
    "back_in_stock": InWords("関わりのある商品の再入荷", "A product of theirs is back in stock"),
    "new_arrival": InWords("好みに合う新商品", "Something new of a kind they like"),
}
_PURPOSES = (
    ("marketing", "マーケティング", "marketing"),
    ("tracking", "トラッキング", "tracking"),
    ("profiling", "プロファイリング", "profiling"),
    ("enrichment", "情報の補完", "enrichment"),
)
_CONSENTS = {
    ("granted", purpose): InWords(f"{ja}に同意すること", f"Agreeing to {en}")
    for purpose, ja, en in _PURPOSES
} | {
    ("withdrawn", purpose): InWords(f"{ja}への同意をやめること", f"No longer agreeing to {en}")
    for purpose, ja, en in _PURPOSES
}


def say_trigger(trigger: Trigger, say: Say) -> InWords:
    """Return in words what lets people in.

    Args:
        trigger: of a version.
        say: says who a condition means.
    """
    match trigger:
        case EventTrigger(events=events):
            return say(_who_did(events))
        case SegmentTrigger(segment=segment, change="entered"):
            return _framed(say(segment), ("次に当てはまるようになること", "Becoming one of"))
        case SegmentTrigger(segment=segment):
            return _framed(say(segment), ("次に当てはまらなくなること", "No longer being one of"))
        case FormTrigger(form=form):
            return InWords(f"フォーム「{form}」への回答", f"Answering the form “{form}”")
        case ProductTrigger(change=change):
            return _NEWS[change]
        case MessageTrigger(act=act):
            return _ACTS[act]
        case ConsentTrigger(status=status, purpose=purpose):
            return _CONSENTS[status, purpose]
        case _:
            return _by_calendar(trigger)


def _framed(said: InWords, frame: tuple[str, str]) -> InWords:
    ja, en = frame
    return InWords(f"{ja} — {said.ja}", f"{en}: {said.en}")


def _by_calendar(trigger: DateTrigger | ScheduleTrigger | OnceTrigger | ApiTrigger) -> InWords:
    match trigger:
        case DateTrigger():
            return _of_date(trigger)
        case ScheduleTrigger(cron=cron):
            return InWords(f"スケジュール {cron}", f"The schedule {cron}")
        case OnceTrigger(on=on, at=at):
            return InWords(f"{on} {at:%H:%M}", f"{on} at {at:%H:%M}")
        case ApiTrigger():
            return _API


def _who_did(events: Events) -> dict[str, Any]:
    did: dict[str, Any] = msgspec.to_builtins(
        EventCount(CountRange(at_least=1), events.event, events.where)
    )
    return did


def _of_date(trigger: DateTrigger) -> InWords:
    clock, days = f"{trigger.at:%H:%M}", abs(trigger.days)
    if trigger.days == 0:
        ja, en = f"「{trigger.trait}」の日", f"The day of “{trigger.trait}”"
    else:
        is_before = trigger.days < 0
        ja = f"「{trigger.trait}」の{days}日{'前' if is_before else '後'}"
        en = f"{days} days {'before' if is_before else 'after'} “{trigger.trait}”"
    every = (" 毎年", ", each year") if trigger.is_yearly else ("", "")
    return InWords(f"{ja} {clock}{every[0]}", f"{en} at {clock}{every[1]}")


def list_seen(
    items: Sequence[SequencedEvent],
    entries: Sequence[EnrolmentStory],
    refusals: Sequence[RefusalTold],
    *,
    read_to: int,
    since: datetime | None,
) -> list[WantedSeen]:
    """Return what came of each event that the trigger means, newest first.

    Args:
        items: the person's events that it means, in order.
        entries: of the person.
        refusals: as they were written down.
        read_to: position in the log up to which it was followed.
        since: when the journey was first published.
    """
    entered = {one.trigger_position for one in entries} - {0}
    refused = {one.at: one.reason for one in refusals}

    def became(item: SequencedEvent) -> str:
        at = item.event.occurred_at
        if item.position in entered:
            return "entered"
        if at in refused:
            return refused[at]
        if item.position > read_to:
            return "not_read"
        if since is None or item.event.received_at < since:
            return "before_publication"
        is_inside = any(
            one.began_at <= at and (one.ended_at is None or at <= one.ended_at) for one in entries
        )
        return Refusal.STILL_IN.value if is_inside else ""

    return [
        WantedSeen(
            event=item.event.type,
            at=item.event.occurred_at,
            position=item.position,
            became=became(item),
        )
        for item in reversed(items[-_MOST:])
    ]
