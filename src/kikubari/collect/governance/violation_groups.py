"""Counts of violations, brought together per way in which a rule is broken. Pure."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

import msgspec

from kikubari.collect.governance.contracts import Mode, ViolationCount


class ViolationGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One way in which one event, or traits, broke the plan."""

    subject: str  # the event's name; empty: traits
    path: str
    code: str
    mode: Mode
    n: int
    n_by_day: Mapping[str, int]
    n_by_source: Mapping[str, int]
    first_on: str
    last_at: datetime


def group_violations(counts: Iterable[ViolationCount]) -> list[ViolationGroup]:
    """Return the ways in which the plan was broken, the most frequent first."""
    grouped: dict[tuple[str, str, str, Mode], list[ViolationCount]] = defaultdict(list)
    for one in counts:
        grouped[one.subject, one.path, one.code, one.mode].append(one)
    groups = [_group(*kind, members) for kind, members in grouped.items()]
    return sorted(groups, key=lambda group: (-group.n, group.subject, group.path, group.code))


def _group(
    subject: str, path: str, code: str, mode: Mode, members: list[ViolationCount]
) -> ViolationGroup:
    by_day: Counter[str] = Counter()
    by_source: Counter[str] = Counter()
    for one in members:
        by_day[one.on.isoformat()] += one.n
        by_source[str(one.source_id)] += one.n
    return ViolationGroup(
        subject=subject,
        path=path,
        code=code,
        mode=mode,
        n=by_day.total(),
        n_by_day=dict(sorted(by_day.items())),
        n_by_source=dict(by_source.most_common()),
        first_on=min(by_day),
        last_at=max(one.last_at for one in members),
    )
