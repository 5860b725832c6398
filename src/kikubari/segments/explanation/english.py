"""Conditions in English: relative clauses after "customers"."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from kikubari.segments.explanation.clauses import Simple, Term
from kikubari.segments.explanation.contracts import Joint, Titles
from kikubari.segments.explanation.english_parts import EnglishParts, listed
from kikubari.spec import conditions as c
from kikubari.spec.conditions.leaves import Function

_FUNCTIONS: dict[Function, str] = {
    "sum": "total", "avg": "average", "min": "lowest", "max": "highest",
}  # fmt: skip
_HEADINGS: dict[Joint, str] = {
    "all": "Customers for whom all {n} of these hold:",
    "any": "Customers for whom at least one of these {n} holds:",
    "not": "All customers except those for whom this holds:",
}
_JOINTS: dict[Joint, str] = {
    "all": "All of these hold",
    "any": "At least one of these holds",
    "not": "This does not hold",
}


class Clause(msgspec.Struct, frozen=True):
    """What follows "customers": a pronoun and what is said of them, and the opposite."""

    pronoun: str
    yes: str
    no: str

    def said(self, *, is_negated: bool) -> str:
        """Return what is said, or the opposite."""
        return self.no if is_negated else self.yes


class English:
    """The grammar of English."""

    def __init__(self, parts: EnglishParts, titles: Titles) -> None:
        self._parts = parts
        self._titles = titles
        self._leaves: dict[type[Any], Callable[[Any], Clause]] = {
            c.Everyone: self._everyone,
            c.TraitIs: self._trait,
            c.Prediction: self._prediction,
            c.RunsLow: self._runs_low,
            c.Place: self._place,
            c.Acquired: self._acquired,
            c.Near: self._near,
            c.Anniversary: self._anniversary,
            c.Age: self._age,
            c.ConsentIs: self._consent,
            c.Suppressed: self._suppressed,
            c.Reachable: self._reachable,
            c.InSegment: self._segment,
            c.InList: self._list,
            c.EventCount: self._count,
            c.EventAggregate: self._aggregate,
            c.DistinctCount: self._distinct,
            c.Repeated: self._repeated,
            c.EventRatio: self._ratio,
            c.Percentile: self._percentile,
            c.Recency: self._recency,
            c.Due: self._due,
            c.FirstEvent: self._edge,
            c.LastEvent: self._edge,
            c.Sequence: self._sequence,
            c.NotFollowed: self._not_followed,
            c.Cart: self._cart,
            c.Technology: self._technology,
            c.Searched: self._searched,
        }

    def line(self, term: Term) -> str:
        """Return a leaf as a line of its own."""
        said = self._clause(term.leaf).said(is_negated=term.is_negated)
        return said[0].upper() + said[1:]

    def joint(self, joint: Joint) -> str:
        """Return what a group does to the lines below it."""
        return _JOINTS[joint]

    def heading(self, joint: Joint, n: int) -> str:
        """Return the sentence above the lines of a tree that is not simple."""
        return _HEADINGS[joint].format(n=n)

    def event(self, events: c.Events) -> str:
        """Return one of some events."""
        noun = self._parts.noun(events.event, events.where)
        return noun if noun.startswith("“") else f"{_article(noun)} {noun}"

    def sentence(self, group: Simple) -> str:
        """Return a simple tree as one sentence."""
        if group.terms == (Term(c.Everyone()),) and not group.but_not and not group.either:
            return "All customers."
        word = "and" if group.joint == "all" else "or"
        parts = self._joined(group.terms)
        if group.either:
            alternatives = self._joined(group.either)
            parts.append(f"{_either(alternatives)}")
        text = f"Customers {listed(parts, word)}" if parts else "All customers"
        if group.but_not:
            joint, terms = group.but_not
            inner = listed(self._joined(terms), "and" if joint == "all" else "or")
            text += f", except those {inner}" if parts else f" except those {inner}"
        return f"{text}."

    def _joined(self, terms: Sequence[Term]) -> list[str]:
        """Return the clauses, each with its pronoun unless the one before has the same."""
        found, last = [], ""
        for term in terms:
            clause = self._clause(term.leaf)
            said = clause.said(is_negated=term.is_negated)
            repeats = clause.pronoun == last == "who"
            found.append(said if repeats else f"{clause.pronoun} {said}")
            last = clause.pronoun
        return found

    def _clause(self, leaf: c.LeafCondition) -> Clause:
        return self._leaves[type(leaf)](leaf)

    # What is so of somebody

    def _everyone(self, _: c.Everyone) -> Clause:
        return _are("known to the shop")

    def _trait(self, leaf: c.TraitIs) -> Clause:
        notes = [self._parts.name(one) for one in leaf.provenance]
        if leaf.min_confidence:
            notes.append(f"confidence of at least {self._parts.number(leaf.min_confidence)}")
        name, note = self._parts.trait(leaf.trait), _in_brackets(notes)
        if isinstance(leaf.test, c.ListContains):
            return _do("have", f"“{leaf.test.text}” among their {name}{note}")
        return self._valued(name, leaf.test, note)

    def _prediction(self, leaf: c.Prediction) -> Clause:
        notes = []
        if leaf.min_confidence:
            notes.append(f"confidence of at least {self._parts.number(leaf.min_confidence)}")
        name = f"predicted {self._parts.trait(leaf.trait)}"
        return self._valued(name, leaf.test, _in_brackets(notes))

    def _runs_low(self, leaf: c.RunsLow) -> Clause:
        parts = self._parts
        what = f"product “{leaf.product_id}”" if leaf.product_id else "something they buy again"
        if leaf.category:
            what += f" of “{leaf.category}”"
        notes = []
        if leaf.min_confidence:
            notes.append(f"confidence of at least {parts.number(leaf.min_confidence)}")
        within = parts.duration(c.Duration(days=leaf.within_days))
        said = f"expected to run low on {what} within {within}{_in_brackets(notes)}"
        return _are(said)

    def _place(self, leaf: c.Place) -> Clause:
        name = self._parts.trait(leaf.field)
        if leaf.source == "last_visit":
            name += " at the last visit"
        is_country = leaf.field == "country"
        return self._valued(name, leaf.test, is_country=is_country)

    def _acquired(self, leaf: c.Acquired) -> Clause:
        return self._valued(f"first {self._parts.name(leaf.field)}", leaf.test)

    def _valued(
        self, name: str, test: c.Test, note: str = "", *, is_country: bool = False
    ) -> Clause:
        yes, no = self._parts.test(test, is_country=is_country)
        return Clause("whose", f"{name}{note} {yes}", f"{name}{note} {no}")

    def _near(self, leaf: c.Near) -> Clause:
        number = self._parts.number
        place = f"{number(leaf.latitude)}°, {number(leaf.longitude)}°"
        return _do("live", f"within {number(leaf.within_km)} km of {place}")

    def _anniversary(self, leaf: c.Anniversary) -> Clause:
        when = _days_from_today(leaf.first_day, leaf.last_day)
        verb = "was" if leaf.last_day < 0 else "is"
        note = {
            "feb_28": "",
            "mar_1": " (29 February counts as 1 March)",
            "leap_years_only": " (29 February in leap years only)",
        }[leaf.february_29]
        name = self._parts.trait(leaf.trait)
        said = f"{when}, by the date where they live{note}"
        return Clause("whose", f"{name} {verb} {said}", f"{name} {verb} not {said}")

    def _age(self, leaf: c.Age) -> Clause:
        span = self._parts.span(leaf.age.at_least or 0, leaf.age.at_most)
        note = " (29 February counts as 1 March)" if leaf.february_29 == "mar_1" else ""
        if leaf.trait == "birthday":
            return _are(f"{span} {leaf.unit} old{note}")
        said = f"{span} {leaf.unit} ago{note}"
        name = self._parts.trait(leaf.trait)
        return Clause("whose", f"{name} was {said}", f"{name} was not {said}")

    # Permission and lists

    def _consent(self, leaf: c.ConsentIs) -> Clause:
        channel = self._parts.name(leaf.channel) if leaf.channel else "every channel"
        purpose = f"{self._parts.name(leaf.purpose)} by {channel}"
        return {
            "granted": _have("agreed to", purpose),
            "denied": _have("refused", purpose),
            "withdrawn": _have("withdrawn their consent to", purpose),
            "unknown": Clause(
                "who", f"have never answered about {purpose}", f"have answered about {purpose}"
            ),
        }[leaf.status]

    def _suppressed(self, leaf: c.Suppressed) -> Clause:
        return _are(f"on the stop list for {self._parts.name(leaf.channel)}")

    def _reachable(self, leaf: c.Reachable) -> Clause:
        channel = self._parts.name(leaf.channel)
        return Clause("who", f"can be reached by {channel}", f"cannot be reached by {channel}")

    def _segment(self, leaf: c.InSegment) -> Clause:
        return _are(f"in the segment “{self._titles.segment_title(leaf.segment, 'en')}”")

    def _list(self, leaf: c.InList) -> Clause:
        return _are(f"on the list “{self._titles.list_title(leaf.list_id, 'en')}”")

    # Behaviour

    def _count(self, leaf: c.EventCount) -> Clause:
        parts = self._parts
        low, high = leaf.count.at_least or 0, leaf.count.at_most
        window = parts.window(leaf.window)
        past, base = parts.past(leaf.event, leaf.where), parts.base(leaf.event, leaf.where)
        did_not = f"did not {base}{window}" if window else f"never {past}"
        if not low and not high:
            return Clause("who", did_not, f"{past} at least once{window}")
        times = parts.times(low, high)
        if low == 1 and high is None:
            return Clause("who", f"{past}{times}{window}", did_not)
        opposite = f"are not among those who {past}{times}{window}"
        return Clause("who", f"{past}{times}{window}", opposite)

    def _aggregate(self, leaf: c.EventAggregate) -> Clause:
        parts = self._parts
        is_money = parts.is_money(leaf.of)
        amount = parts.range(leaf.value, is_money=is_money)
        of = f"{_FUNCTIONS[leaf.function]} {parts.measure(leaf.of)}"
        events = parts.nouns(leaf.event, leaf.where)
        what = f"{_article(of)} {of} of {amount} over their {events}{parts.window(leaf.window)}"
        return _do("have", what)

    def _distinct(self, leaf: c.DistinctCount) -> Clause:
        parts = self._parts
        span = parts.span(leaf.count.at_least or 0, leaf.count.at_most)
        link, what = parts.distinct(leaf.of)
        past = parts.past(leaf.event, leaf.where)
        said = f"{past} {link} {span} different {what[1]}{parts.window(leaf.window)}"
        return Clause("who", said, f"are not among those who {said}")

    def _repeated(self, leaf: c.Repeated) -> Clause:
        parts = self._parts
        link, what = parts.distinct(leaf.of)
        past = parts.past(leaf.event, leaf.where)
        times = f"{parts.number(leaf.times)} or more times"
        said = f"{past} {link} the same {what[0]} {times}{parts.window(leaf.window)}"
        return Clause("who", said, f"are not among those who {said}")

    def _ratio(self, leaf: c.EventRatio) -> Clause:
        parts = self._parts
        part = parts.nouns(leaf.part.event, leaf.part.where)
        whole = parts.nouns(leaf.whole.event, leaf.whole.where)
        percent = parts.range(leaf.percent, unit="%")
        said = f"come to {percent} of their {whole}{parts.window(leaf.window)}"
        return Clause("whose", f"{part} {said}", f"{part} do not {said}")

    def _due(self, leaf: c.Due) -> Clause:
        parts = self._parts
        noun, nouns = (say(leaf.event, leaf.where) for say in (parts.noun, parts.nouns))
        times = parts.range(leaf.intervals)
        basis = f"the mean of at least {parts.number(leaf.events)} {nouns}"
        said = f"{times} times their usual interval ago ({basis}{parts.window(leaf.window)})"
        return Clause("whose", f"last {noun} was {said}", f"last {noun} was not {said}")

    def _percentile(self, leaf: c.Percentile) -> Clause:
        parts = self._parts
        side = "top" if leaf.top_percent is not None else "bottom"
        percent = parts.number(leaf.share / 100)
        of = f"{_FUNCTIONS[leaf.function]} {parts.measure(leaf.of)}"
        events = parts.nouns(leaf.event, leaf.where)
        return _are(f"in the {side} {percent}% by {of} of {events}{parts.window(leaf.window)}")

    def _recency(self, leaf: c.Recency) -> Clause:
        past = self._parts.past(leaf.event, leaf.where)
        within = leaf.within and self._parts.duration(leaf.within)
        more = leaf.more_than and self._parts.duration(leaf.more_than)
        if within and more:
            when = f"at least {more} ago but less than {within} ago"
        else:
            when = f"less than {within} ago" if within else f"{more} ago or longer"
        return Clause("who", f"last {past} {when}", f"are not among those who last {past} {when}")

    def _edge(self, leaf: c.FirstEvent | c.LastEvent) -> Clause:
        parts = self._parts
        which = "first" if isinstance(leaf, c.FirstEvent) else "last"
        noun = parts.noun(leaf.event, leaf.among)
        window = parts.window(leaf.window)
        said = window
        if leaf.where:
            like = parts.noun(leaf.event, leaf.where)
            said = f" {_article(like)} {like}{window}"
        said = said or " on record"
        return Clause("whose", f"{which} {noun} was{said}", f"{which} {noun} was not{said}")

    def _sequence(self, leaf: c.Sequence) -> Clause:
        parts = self._parts
        steps = ", then ".join(parts.past(one.event, one.where) for one in leaf.steps)
        said = f"{steps}, all within {parts.duration(leaf.within)}{parts.window(leaf.window)}"
        return Clause("who", said, f"are not among those who {said}")

    def _not_followed(self, leaf: c.NotFollowed) -> Clause:
        parts = self._parts
        first = parts.past(leaf.first.event, leaf.first.where)
        by = parts.base(leaf.by.event, leaf.by.where)
        window = parts.window(leaf.window)
        within = parts.duration(leaf.within)
        said = f"{first}{window} and did not {by} within {within} after that"
        return Clause("who", said, f"are not among those who {said}")

    def _cart(self, leaf: c.Cart) -> Clause:
        parts = self._parts
        text = "products in their cart"
        if leaf.value is not None:
            text += f" worth {parts.range(leaf.value, is_money=True)}"
        if leaf.idle is not None:
            text += f", untouched for {parts.duration(leaf.idle)} or longer"
        return _do("have", f"{text} (carts of the last {parts.duration(leaf.lookback)})")

    def _technology(self, leaf: c.Technology) -> Clause:
        parts = self._parts
        said = f"{parts.name(leaf.field)} that {parts.test(leaf.test)[0]}"
        window = parts.window(leaf.window)
        return Clause(
            "who",
            f"used {_article(said)} {said}{window}",
            f"did not use {_article(said)} {said}{window}",
        )

    def _searched(self, leaf: c.Searched) -> Clause:
        said = f"for “{leaf.text}”{self._parts.window(leaf.window)}"
        return Clause("who", f"searched {said}", f"did not search {said}")


def _either(alternatives: Sequence[str]) -> str:
    """Return alternatives as one clause: "who either … or …"."""
    first, *others = alternatives
    pronoun, _, rest = first.partition(" ")
    if pronoun == "who":
        return f"who either {listed([rest, *others], 'or')}"
    return f"either {listed([first, *others], 'or')}"


def _are(what: str) -> Clause:
    return Clause("who", f"are {what}", f"are not {what}")


def _do(verb: str, what: str) -> Clause:
    return Clause("who", f"{verb} {what}", f"do not {verb} {what}")


def _have(participle: str, what: str) -> Clause:
    return Clause("who", f"have {participle} {what}", f"have not {participle} {what}")


def _article(noun: str) -> str:
    return "an" if noun[0] in "aeiou" else "a"


def _in_brackets(notes: Sequence[str]) -> str:
    return f" ({', '.join(notes)})" if notes else ""


def _days_from_today(first: int, last: int) -> str:
    if first == last:
        return _day(first)
    if first == 0:
        return f"within the next {last} days, today included"
    return f"from {_day(first)} to {_day(last)}"


def _day(offset: int) -> str:
    named = {0: "today", 1: "tomorrow", -1: "yesterday"}.get(offset)
    if named:
        return named
    return f"{offset} days from today" if offset > 0 else f"{-offset} days ago"
