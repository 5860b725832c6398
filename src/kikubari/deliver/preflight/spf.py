"""SPF records as a sender must have them (RFC 7208): one, within ten lookups, not open to all."""

import re
from collections.abc import Iterator

import msgspec

from kikubari.deliver.preflight.contracts import Resolver

MAX_LOOKUPS = 10
_VERSION = re.compile(r"v=spf1(?: |$)", re.IGNORECASE)
_TERM = re.compile(r"(?P<sign>[+?~-]?)(?P<name>[a-z0-9_-]+)(?:[:=](?P<value>\S+))?", re.IGNORECASE)
_LOOKING_UP = frozenset({"include", "a", "mx", "ptr", "exists", "redirect"})


class SpfFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a domain's SPF record says.

    Attributes:
        records: all there are; more than one is as bad as none.
        n_lookups: DNS questions that checking it takes, included records too; one more than
            allowed when there are too many to go on counting.
        all_sign: how everybody else is judged: ``-`` no, ``~`` hardly, ``?`` unknown, ``+`` yes,
            empty if nothing is said.
    """

    records: list[str]
    n_lookups: int = 0
    all_sign: str = ""


def read_spf(domain: str, resolver: Resolver) -> SpfFacts:
    """Look up a domain's SPF record.

    Raises:
        UnavailableError: DNS does not answer.
    """
    records = _list_records(domain, resolver)
    if len(records) != 1:
        return SpfFacts(records=records)
    signs = [term["sign"] or "+" for term in _iter_terms(records[0]) if term["name"] == "all"]
    counter = _Counter(resolver)
    counter.count(records[0])
    return SpfFacts(
        records=records, n_lookups=counter.n_lookups, all_sign=signs[0] if signs else counter.sign
    )


class _Counter:
    def __init__(self, resolver: Resolver) -> None:
        self._resolver = resolver
        self.n_lookups = 0
        self.sign = ""

    def count(self, record: str) -> None:
        for term in _iter_terms(record):
            name = term["name"].lower()
            if name not in _LOOKING_UP:
                continue
            self.n_lookups += 1
            if self.n_lookups > MAX_LOOKUPS:
                return
            target = term["value"] or ""
            # A macro stands for something only the receiver knows.
            if name not in {"include", "redirect"} or not target or "%" in target:
                continue
            for inner in _list_records(target, self._resolver)[:1]:
                if name == "redirect":
                    self.sign = next(
                        (t["sign"] or "+" for t in _iter_terms(inner) if t["name"] == "all"), ""
                    )
                self.count(inner)


def _iter_terms(record: str) -> Iterator[re.Match[str]]:
    for word in record.split()[1:]:
        if match := _TERM.match(word):
            yield match


def _list_records(domain: str, resolver: Resolver) -> list[str]:
    return [text for text in resolver.list_texts(domain) if _VERSION.match(text)]
