"""Identity as a pure function of the evidence: no input, no output, no order of arrival.

Two steps, so that a device never melts two people into one:

1. *People.* Identifiers that a person holds (user id, external id, e-mail, phone) are joined by
   union-find over the evidence in order of (time, source, message), each union only within the
   limits. Decisions of a member come first and win.
2. *Devices.* Each anonymous id belongs to at most one person: the one its best evidence names.

Everything that decides is part of the evidence itself. What arrived when, or in which batch, or
how often, is not.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import IntEnum

import msgspec

from kikubari.profiles.identifiers import DEVICE_RANK, EMAIL, EXTERNAL_PREFIX, PHONE, USER_ID

# (microseconds, source id, message key): when it was said, and by what. Orders all evidence.
Evidence = tuple[int, int, bytes]
# The first evidence of an identifier that others mention and that never appeared itself.
NEVER: Evidence = (2**63 - 1, 0, b"")


class LinkKind(IntEnum):
    """Why two identifiers may be the same person's. Stored; do not renumber."""

    PUBLIC = 1  # seen together in an event from a public key
    SEEN = 2  # seen together in an event from a source that keeps a secret
    ALIAS = 3  # an explicit alias call from such a source
    MERGED = 4  # a member decided: one person
    APART = 5  # a member decided: not the same person


class Outcome:
    """What became of a piece of evidence. Stable codes, documented in docs/identity.md."""

    JOINED = "joined"  # it joins two clusters
    SAME = "same"  # it says what others said before it
    HUB = "hub"  # one end is seen with too many people to mean one
    KEPT_APART = "kept_apart"  # a member decided against it
    OTHER_OWNER = "other_owner"  # the device belongs to somebody else already
    TOO_MANY_DEVICES = "too_many_devices"  # one end is seen with too many devices
    LIMIT_USER_ID = "limit_user_id"
    LIMIT_EXTERNAL_ID = "limit_external_id"
    LIMIT_EMAIL = "limit_email"
    LIMIT_PHONE = "limit_phone"
    DECISION = "decision"  # an APART link: it refuses others, and is refused by none
    OVERRULED = "overruled"  # a member decided otherwise later


class Limits(msgspec.Struct, frozen=True):
    """How many identifiers one person may have before evidence is taken for a mistake.

    Attributes:
        user_ids: by mere evidence.
        aliased_user_ids: by explicit alias calls.
        emails: addresses.
        phones: phone numbers.
        external_ids: ids of each external type.
        devices: devices an identifier may be seen with; beyond, it is a script, and none counts.
        people_of_person: identifiers a person's identifier may be seen with; beyond, it is a hub.
        people_of_device: people a device may be seen with; beyond, it is shared: a hub.
    """

    user_ids: int = 1
    aliased_user_ids: int = 5
    emails: int = 5
    phones: int = 5
    external_ids: int = 5
    devices: int = 500
    people_of_person: int = 25
    people_of_device: int = 10


class Node(msgspec.Struct, gc=False):
    """An identifier as resolution sees it.

    `n_people` and `n_devices` count distinct identifiers it was seen with (kinds PUBLIC, SEEN).
    """

    number: int
    key: bytes
    kind: str
    rank: int
    first: Evidence
    n_people: int = 0
    n_devices: int = 0

    @property
    def is_device(self) -> bool:
        """Say whether this identifies a device rather than a person."""
        return self.rank == DEVICE_RANK

    def is_hub(self, limits: Limits) -> bool:
        """Say whether it was seen with too many people to mean one of them."""
        allowed = limits.people_of_device if self.is_device else limits.people_of_person
        return self.n_people > allowed


class Link(msgspec.Struct, gc=False):
    """Evidence that two identifiers belong together (or, APART, do not).

    Between people `strong` is the stronger identifier; towards a device it is the person's and
    `weak` is the device's. Of equal evidence only the earliest is kept, of decisions the latest.
    """

    strong: int
    weak: int
    kind: LinkKind
    evidence: Evidence
    outcome: str = ""


class Resolution(msgspec.Struct, frozen=True):
    """Who is who: the canonical number of every node, and the owner of every owned device."""

    profile_of: dict[int, int]
    owner_of: dict[int, int]
    outcomes: dict[tuple[int, int, LinkKind], str]


def resolve(nodes: Mapping[int, Node], links: Sequence[Link], limits: Limits) -> Resolution:
    """Resolve a closed set of evidence: both ends of every link are among the nodes."""
    people = {number: node for number, node in nodes.items() if not node.is_device}
    between = [link for link in links if not nodes[link.weak].is_device]
    profile_of, outcomes = join_people(people, between, limits)
    of_device: dict[int, list[Link]] = {}
    for link in links:
        if nodes[link.weak].is_device:
            of_device.setdefault(link.weak, []).append(link)
    owner_of: dict[int, int] = {}
    for number, node in nodes.items():
        if node.is_device:
            owner, found = choose_owner(node, of_device.get(number, []), people, limits)
            outcomes.update(found)
            profile_of[number] = profile_of[owner] if owner else number
            if owner:
                owner_of[number] = owner
    return Resolution(profile_of, owner_of, outcomes)


def join_people(
    nodes: Mapping[int, Node], links: Iterable[Link], limits: Limits
) -> tuple[dict[int, int], dict[tuple[int, int, LinkKind], str]]:
    """Join people's identifiers; return canonical numbers and what became of each link."""
    by_pair: dict[tuple[int, int], dict[LinkKind, Link]] = {}
    for link in links:
        by_pair.setdefault((link.strong, link.weak), {})[link.kind] = link
    outcomes: dict[tuple[int, int, LinkKind], str] = {}
    apart: dict[int, set[int]] = {}
    applied: list[Link] = []
    for (strong, weak), kinds in by_pair.items():
        decision = _standing_decision(kinds, outcomes)
        if decision is not None and decision.kind is LinkKind.APART:
            apart.setdefault(strong, set()).add(weak)
            apart.setdefault(weak, set()).add(strong)
        applied.extend(
            link
            for kind, link in kinds.items()
            if kind in (LinkKind.SEEN, LinkKind.ALIAS)
            or (kind is LinkKind.MERGED and link is decision)
        )
    clusters = _Clusters(nodes, apart, limits)
    for link in sorted(applied, key=_order(nodes)):
        outcomes[link.strong, link.weak, link.kind] = clusters.join(link)
    return clusters.canonical_numbers(), outcomes


def choose_owner(
    device: Node, links: Sequence[Link], people: Mapping[int, Node], limits: Limits
) -> tuple[int, dict[tuple[int, int, LinkKind], str]]:
    """Return the person's identifier a device belongs to, 0 for nobody, and outcomes.

    A member's latest decision wins: MERGED names the owner, APART leaves the device to nobody.
    Otherwise a source that keeps a secret goes before a public key, and the earliest goes first.
    """
    outcomes = {(link.strong, link.weak, link.kind): "" for link in links}
    decisions = [link for link in links if link.kind in (LinkKind.MERGED, LinkKind.APART)]
    decision = max(decisions, key=_decision_order, default=None)
    owner = 0
    if decision is not None and decision.kind is LinkKind.MERGED:
        owner = decision.strong
    evidence = [link for link in links if link.kind in (LinkKind.PUBLIC, LinkKind.SEEN)]
    for link in sorted(evidence, key=lambda one: (-one.kind, one.evidence, people[one.strong].key)):
        outcome = _device_refusal(device, link, people[link.strong], decision, limits)
        if not outcome and owner in (0, link.strong):
            owner = owner or link.strong
            outcome = Outcome.JOINED
        outcomes[link.strong, link.weak, link.kind] = outcome or Outcome.OTHER_OWNER
    for link in decisions:
        stands = Outcome.JOINED if link.kind is LinkKind.MERGED else Outcome.DECISION
        outcomes[link.strong, link.weak, link.kind] = (
            stands if link is decision else Outcome.OVERRULED
        )
    return owner, outcomes


def count_neighbours(nodes: Mapping[int, Node], links: Iterable[Link]) -> None:
    """Set `n_people` and `n_devices` of all nodes from a closed set of evidence."""
    pairs = {
        (link.strong, link.weak) for link in links if link.kind in (LinkKind.PUBLIC, LinkKind.SEEN)
    }
    for node in nodes.values():
        node.n_people = node.n_devices = 0
    for strong, weak in pairs:
        count_pair(nodes[strong], nodes[weak])


def count_pair(strong: Node, weak: Node) -> None:
    """Count two identifiers as neighbours of each other."""
    weak.n_people += 1
    if weak.is_device:
        strong.n_devices += 1
    else:
        strong.n_people += 1


def canonical_order(node: Node) -> tuple[int, Evidence, bytes]:
    """Return the sort key whose smallest node names a cluster."""
    return (node.rank, node.first, node.key)


class _Clusters:
    """Union-find that knows limits and decisions."""

    def __init__(
        self, nodes: Mapping[int, Node], apart: Mapping[int, set[int]], limits: Limits
    ) -> None:
        self._nodes = nodes
        self._limits = limits
        self._apart = apart
        self._root = {number: number for number in nodes}
        self._members = {number: [number] for number in nodes}
        self._kinds = {number: Counter({node.kind: 1}) for number, node in nodes.items()}

    def join(self, link: Link) -> str:
        is_decided = link.kind is LinkKind.MERGED
        strong, weak = self._nodes[link.strong], self._nodes[link.weak]
        if not is_decided and (strong.is_hub(self._limits) or weak.is_hub(self._limits)):
            return Outcome.HUB
        left, right = self._find(link.strong), self._find(link.weak)
        if left == right:
            return Outcome.SAME
        if self._is_kept_apart(left, right):
            return Outcome.KEPT_APART
        refusal = "" if is_decided else self._find_exceeded(left, right, link.kind)
        if refusal:
            return refusal
        if len(self._members[left]) < len(self._members[right]):
            left, right = right, left
        for number in self._members[right]:
            self._root[number] = left
        self._members[left] += self._members.pop(right)
        self._kinds[left] += self._kinds.pop(right)
        return Outcome.JOINED

    def canonical_numbers(self) -> dict[int, int]:
        best = {
            root: min(members, key=lambda number: canonical_order(self._nodes[number]))
            for root, members in self._members.items()
        }
        return {number: best[root] for number, root in self._root.items()}

    def _find(self, number: int) -> int:
        return self._root[number]

    def _is_kept_apart(self, left: int, right: int) -> bool:
        small, large = sorted((left, right), key=lambda root: len(self._members[root]))
        return any(
            self._root.get(other) == large
            for number in self._members[small]
            for other in self._apart.get(number, ())
        )

    def _find_exceeded(self, left: int, right: int, kind: LinkKind) -> str:
        """Name the limit that both sides together would exceed; one side alone never does."""
        ours, theirs = self._kinds[left], self._kinds[right]
        for identifier_kind in sorted(ours.keys() & theirs.keys()):
            allowed, code = _limit_of(identifier_kind, kind, self._limits)
            if ours[identifier_kind] + theirs[identifier_kind] > allowed:
                return code
        return ""


def _limit_of(identifier_kind: str, kind: LinkKind, limits: Limits) -> tuple[int, str]:
    if identifier_kind == USER_ID:
        is_alias = kind is LinkKind.ALIAS
        return limits.aliased_user_ids if is_alias else limits.user_ids, Outcome.LIMIT_USER_ID
    if identifier_kind == EMAIL:
        return limits.emails, Outcome.LIMIT_EMAIL
    if identifier_kind == PHONE:
        return limits.phones, Outcome.LIMIT_PHONE
    assert identifier_kind.startswith(EXTERNAL_PREFIX)  # noqa: S101 - people have no other kind
    return limits.external_ids, Outcome.LIMIT_EXTERNAL_ID


def _standing_decision(
    kinds: Mapping[LinkKind, Link], outcomes: dict[tuple[int, int, LinkKind], str]
) -> Link | None:
    """Return the latest decision on a pair, and note what becomes of the decisions."""
    decisions = [kinds[kind] for kind in (LinkKind.MERGED, LinkKind.APART) if kind in kinds]
    if not decisions:
        return None
    decision = max(decisions, key=_decision_order)
    for link in decisions:
        outcomes[link.strong, link.weak, link.kind] = (
            Outcome.DECISION if link is decision else Outcome.OVERRULED
        )
    return decision


def _device_refusal(
    device: Node, link: Link, person: Node, decision: Link | None, limits: Limits
) -> str:
    # Hubs first: no decision changes what becomes of their links, which may be very many.
    if device.is_hub(limits) or person.is_hub(limits):
        return Outcome.HUB
    if decision is not None:
        is_same = decision.kind is LinkKind.MERGED and decision.strong == link.strong
        return "" if is_same else Outcome.KEPT_APART
    return Outcome.TOO_MANY_DEVICES if person.n_devices > limits.devices else ""


def _decision_order(link: Link) -> tuple[Evidence, int]:
    return (link.evidence, link.kind)


def _order(nodes: Mapping[int, Node]) -> Callable[[Link], tuple[object, ...]]:
    """Return the order in which links are applied: decisions first, then by evidence.

    Ties (several links from one event) are broken by the identifiers themselves, never by their
    numbers, which depend on the order of arrival.
    """

    def key(link: Link) -> tuple[object, ...]:
        return (
            link.kind is not LinkKind.MERGED,
            link.evidence,
            nodes[link.strong].key,
            nodes[link.weak].key,
            link.kind,
        )

    return key
