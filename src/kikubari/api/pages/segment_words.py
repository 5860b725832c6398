"""Conditions in words: what a segment asks, for people who do not read JSON."""

from collections.abc import Iterator, Mapping

import msgspec

from kikubari.api.contracts import Services
from kikubari.api.pages.condition_parts import Parts
from kikubari.api.pages.reader import Reader
from kikubari.segments import find_builtin
from kikubari.spec import conditions as c
from kikubari.spec.errors import NotFoundError


class Words(msgspec.Struct, frozen=True, kw_only=True):
    """A condition in words.

    Attributes:
        text: the sentence, or for a joint what it does to the conditions below it.
        count: how many people it holds for by itself; None where that was not counted.
        of: the conditions below it.
    """

    text: str
    count: int | None = None
    of: tuple["Words", ...] = ()


def segment_title(services: Services, segment_id: str, reader: Reader) -> str:
    """Return a segment's name in the reader's language; the id, if it is gone."""
    builtin = find_builtin(segment_id)
    if builtin is not None:
        return builtin.name_ja if reader.language == "ja" else builtin.name_en
    try:
        return services.segments.get(segment_id).name
    except NotFoundError:
        return segment_id


class Describer:
    """Says trees in words.

    Args:
        services: for the names of segments that others refer to.
        reader: the language.
        counts: people per condition, by its path in the tree.
    """

    def __init__(self, services: Services, reader: Reader, counts: Mapping[str, int]) -> None:
        self._services = services
        self._reader = reader
        self._counts = counts

    def describe(self, condition: c.Condition, path: str = "$") -> Words:
        """Return a tree in words."""
        match condition:
            case c.AllOf(of=inner):
                return self._joint("all", inner, path)
            case c.AnyOf(of=inner):
                return self._joint("any", inner, path)
            case c.Not(of=one):
                text = self._reader.say("conditions.not")
                return Words(text=text, of=(self.describe(one, f"{path}.of"),))
            case c.InSegment(segment=segment_id):
                name = segment_title(self._services, segment_id, self._reader)
                text = self._reader.say("conditions.segment", name=name)
            case _:
                text = _leaf(condition, Parts(self._reader, self._services.settings.currency))
        return Words(text=text, count=self._counts.get(path))

    def _joint(self, key: str, inner: tuple[c.Condition, ...], path: str) -> Words:
        below = [self.describe(one, f"{path}.of[{i}]") for i, one in enumerate(inner)]
        return Words(text=self._reader.say(f"conditions.{key}"), of=tuple(below))


def _leaf(leaf: c.LeafCondition, parts: Parts) -> str:
    """Return a condition in words; one that has none yet as it is written."""
    for told in (_behaviour, _visit, _standing, _trait):
        text = told(leaf, parts)
        if text:
            return text
    return c.encode_condition(leaf).decode()


def _behaviour(leaf: c.LeafCondition, parts: Parts) -> str:
    match leaf:
        case c.EventCount():
            return parts.say(
                "conditions.event_count",
                event=parts.events(leaf.event, leaf.where),
                window=parts.window(leaf.window),
                count=parts.count(leaf.count),
            )
        case c.FirstEvent() | c.LastEvent():
            key = "first_event" if isinstance(leaf, c.FirstEvent) else "last_event"
            event = parts.events(leaf.event, (*leaf.among, *leaf.where))
            return parts.say(f"conditions.{key}", event=event, window=parts.window(leaf.window))
        case c.Sequence() | c.NotFollowed():
            return _ordered(leaf, parts)
        case c.EventAggregate() | c.Percentile():
            return _measured(leaf, parts)
        case c.Recency():
            return _recency(leaf, parts)
        case c.Cart():
            return parts.say("conditions.cart", details="".join(_cart_details(leaf, parts)))
        case _:
            return ""


def _ordered(leaf: c.Sequence | c.NotFollowed, parts: Parts) -> str:
    said = {"within": parts.duration(leaf.within), "window": parts.window(leaf.window)}
    if isinstance(leaf, c.Sequence):
        steps = " → ".join(parts.events(one.event, one.where) for one in leaf.steps)
        return parts.say("conditions.sequence", steps=steps, **said)
    first, by = (parts.events(one.event, one.where) for one in (leaf.first, leaf.by))
    return parts.say("conditions.not_followed", first=first, by=by, **said)


def _standing(leaf: c.LeafCondition, parts: Parts) -> str:
    say = parts.say
    match leaf:
        case c.Everyone():
            return say("conditions.everyone")
        case c.ConsentIs():
            purpose, channel = (
                say(f"conditions.purpose_{leaf.purpose}"),
                parts.channel(leaf.channel),
            )
            return say(f"conditions.consent_{leaf.status}", purpose=purpose, channel=channel)
        case c.Suppressed():
            return say("conditions.suppressed", channel=parts.channel(leaf.channel))
        case c.Reachable():
            return say("conditions.reachable", channel=parts.channel(leaf.channel))
        case c.InList():
            return say("conditions.list", name=leaf.list_id)
        case _:
            return ""


def _trait(leaf: c.LeafCondition, parts: Parts) -> str:
    say = parts.say
    match leaf:
        case c.TraitIs():
            sources = say("conditions.and").join(parts.provenance(one) for one in leaf.provenance)
            said = {"trait": parts.trait(leaf.trait), "test": parts.test(leaf.test)}
            key = "trait_from" if sources else "trait"
            return say(f"conditions.{key}", sources=sources, **said)
        case c.Prediction():
            test = parts.test(leaf.test)
            return say("conditions.prediction", trait=parts.trait(leaf.trait), test=test)
        case c.Anniversary(first_day=first, last_day=last):
            key = "anniversary" if first or last else "anniversary_on"
            return say(f"conditions.{key}", trait=parts.trait(leaf.trait), first=first, last=last)
        case c.Place():
            test = parts.test(leaf.test)
            return say(f"conditions.place_{leaf.source}", field=parts.trait(leaf.field), test=test)
        case c.Near(latitude=latitude, longitude=longitude, within_km=km):
            return say("conditions.near", latitude=latitude, longitude=longitude, km=km)
        case _:
            return ""


def _measured(leaf: c.EventAggregate | c.Percentile, parts: Parts) -> str:
    said = {
        "event": parts.events(leaf.event, leaf.where),
        "measure": parts.measure(leaf.of),
        "function": parts.say(f"conditions.{leaf.function}"),
        "window": parts.window(leaf.window),
    }
    if isinstance(leaf, c.EventAggregate):
        is_money = isinstance(leaf.of, c.ColumnMeasure) and leaf.of.column == "value_minor"
        bounds = parts.range(leaf.value, is_money=is_money)
        return parts.say("conditions.event_aggregate", range=bounds, **said)
    key = "percentile_top" if leaf.top_percent else "percentile_bottom"
    return parts.say(f"conditions.{key}", percent=leaf.share / 100, **said)


def _recency(leaf: c.Recency, parts: Parts) -> str:
    said = {"event": parts.events(leaf.event, leaf.where)}
    if leaf.within is not None:
        said["within"] = parts.duration(leaf.within)
    if leaf.more_than is not None:
        said["more"] = parts.duration(leaf.more_than)
    key = "both" if len(said) > 2 else "within" if "within" in said else "more"  # noqa: PLR2004 - both are there
    return parts.say(f"conditions.recency_{key}", **said)


def _cart_details(leaf: c.Cart, parts: Parts) -> Iterator[str]:
    if leaf.value is not None:
        yield parts.say("conditions.cart_value", range=parts.range(leaf.value, is_money=True))
    if leaf.idle is not None:
        yield parts.say("conditions.cart_idle", idle=parts.duration(leaf.idle))


def _visit(leaf: c.LeafCondition, parts: Parts) -> str:
    match leaf:
        case c.Technology():
            said = {"window": parts.window(leaf.window), "test": parts.test(leaf.test)}
            return parts.say("conditions.technology", field=leaf.field, **said)
        case c.Searched():
            window = parts.window(leaf.window)
            return parts.say("conditions.searched", text=leaf.text, window=window)
        case c.Acquired():
            test = parts.test(leaf.test)
            return parts.say("conditions.acquired", field=leaf.field, test=test)
        case _:
            return ""
