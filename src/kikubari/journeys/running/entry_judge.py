"""What conditions of a journey say of one entry, also where they ask about what let it begin."""

from collections.abc import Callable, Sequence
from datetime import datetime

from kikubari.events import SequencedEvent
from kikubari.journeys.definition import (
    Asked,
    Group,
    TriggerIs,
    Who,
    Whoever,
    asks_trigger,
    read_asked,
)
from kikubari.journeys.running.matching import Tests
from kikubari.journeys.running.stories import InWords, Judge, JudgedCondition, JudgedWay
from kikubari.spec.conditions import EventFilter, Events

# Says who is meant; says which events are.
Say = Callable[[Who], InWords]
SayEvents = Callable[[Events], InWords]
_JOINTS = {"all": InWords("、かつ", "; and "), "any": InWords("、または", "; or ")}


def say_asked(asked: Asked, say: Say, say_events: SayEvents, *, event: str | None) -> InWords:
    """Return a condition in words.

    Args:
        asked: the condition.
        say: says the parts that are asked of segments.
        say_events: says which events let in.
        event: type of those that let people in; None: of several.
    """
    match asked:
        case Whoever(who=who):
            said = say(who)
            return InWords(said.ja.rstrip("。"), said.en.rstrip("."))
        case TriggerIs(where=where):
            said = say_events(Events(event, where))
            return InWords(f"きっかけが「{said.ja}」", f"what let them in was {said.en}")
        case Group(kind=kind, parts=parts):
            inner = [say_asked(one, say, say_events, event=event) for one in parts]
            return _joined(kind, inner)


def _joined(kind: str, parts: Sequence[InWords]) -> InWords:
    joint = _JOINTS["all" if kind == "all" else "any"]
    ja, en = joint.ja.join(one.ja for one in parts), joint.en.join(one.en for one in parts)
    if kind == "not":
        return InWords(f"「{ja}」ではない", f"not so: {en}")
    return InWords(ja, en)


class EntryJudge:
    """Implements `Judge` for one entry of a person.

    Args:
        judge: answers what is asked of segments.
        say: says it in words.
        say_events: says which events are meant.
        tests: reads events.
        trigger: what let the person in; None: it is not known any more, or nothing did.
    """

    def __init__(
        self,
        judge: Judge,
        *,
        say: Say,
        say_events: SayEvents,
        tests: Tests,
        trigger: SequencedEvent | None,
    ) -> None:
        self._judge = judge
        self._say = say
        self._say_events = say_events
        self._tests = tests
        self._trigger = trigger
        self._event = None if trigger is None else trigger.event.type

    def judge(self, way: str, who: Who, *, as_of: datetime | None) -> JudgedWay:
        """Say whether the person was one of those, and let in by such an event."""
        asked = read_asked(who)
        if not asks_trigger(asked):
            return self._judge.judge(way, who, as_of=as_of)
        parts: list[JudgedCondition] = []
        holds = self._holds(asked, as_of, parts)
        return JudgedWay(way=way, holds=holds, text=self._text(asked), conditions=parts)

    def _holds(self, asked: Asked, as_of: datetime | None, parts: list[JudgedCondition]) -> bool:
        """Judge every part, and note each."""
        match asked:
            case Whoever(who=who):
                judged = self._judge.judge("", who, as_of=as_of)
                parts += judged.conditions or [JudgedCondition(judged.text, judged.holds)]
                return judged.holds
            case TriggerIs(where=where):
                holds = self._is_like(where)
                parts.append(JudgedCondition(self._text(asked), holds))
                return holds
            case Group(kind=kind, parts=inner):
                held = [self._holds(one, as_of, parts) for one in inner]
                return all(held) if kind == "all" else any(held) is (kind == "any")

    def _is_like(self, where: Sequence[EventFilter]) -> bool:
        if self._trigger is None:
            return False
        return self._tests.holds(Events(self._event, tuple(where)), self._trigger)

    def _text(self, asked: Asked) -> InWords:
        said = say_asked(asked, self._say, self._say_events, event=self._event)
        return InWords(said.ja, said.en[0].upper() + said.en[1:])
