"""Bringing stored identity in line with new evidence, touching nothing the evidence does not."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row

from kikubari.profiles._repository import counters
from kikubari.profiles._repository import identity as rows
from kikubari.profiles._tables import device_links, person_links
from kikubari.profiles.identifiers import Identifier, rank_of
from kikubari.profiles.resolution import (
    NEVER,
    Evidence,
    Limits,
    Link,
    LinkKind,
    Node,
    choose_owner,
    count_pair,
    join_people,
)

LinkKey = tuple[int, int, LinkKind]
MOVE_VERSIONS = "move_versions"
_DECISIONS = (LinkKind.MERGED, LinkKind.APART)
_NEIGHBOURLY = (LinkKind.PUBLIC, LinkKind.SEEN)


class NewEvidence(msgspec.Struct):
    """What one batch of events says about identity.

    `people` and `devices` hold links between people and towards devices, the best of the batch
    for each (strong, weak, kind); `firsts` the earliest appearance of identifiers.
    """

    created: dict[int, Identifier] = {}
    firsts: dict[int, Evidence] = {}
    people: dict[LinkKey, Evidence] = {}
    devices: dict[LinkKey, Evidence] = {}

    def __bool__(self) -> bool:
        """Say whether there is anything to settle."""
        return bool(self.created or self.firsts or self.people or self.devices)


class _Stored(msgspec.Struct):
    node: Node
    profile: int
    owner: int
    previous: int  # profile before this settlement
    is_dirty: bool = False


def is_better(kind: LinkKind, evidence: Evidence, than: Evidence) -> bool:
    """Say whether evidence replaces what is known: the earliest counts, of decisions the latest."""
    return evidence > than if kind in _DECISIONS else evidence < than


class Settlement:
    """One unit of work: load what new evidence touches, resolve it, write what changed."""

    def __init__(self, connection: Connection, workspace_id: int, limits: Limits) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._limits = limits
        self._stored: dict[int, _Stored] = {}
        self._created: Mapping[int, Identifier] = {}
        self._links: dict[LinkKey, Link] = {}
        self._new_links: set[LinkKey] = set()
        self._changed_links: set[LinkKey] = set()
        # Numbers to be looked at again, each with the evidence that made it so.
        self._people: dict[int, Evidence] = {}
        self._devices: dict[int, Evidence] = {}
        self._was_hub: set[int] = set()

    def run(self, evidence: NewEvidence) -> None:
        """Take in new evidence."""
        self._create(evidence)
        self._load_nodes(evidence.firsts)
        self._take_firsts(evidence.firsts)
        crowded = self._take_links(evidence.people) | self._take_links(evidence.devices)
        self._touch_around(crowded)
        moved = self._settle_people()
        self._settle_devices(moved)
        self._write()

    def _create(self, evidence: NewEvidence) -> None:
        self._created = evidence.created
        for number, identifier in evidence.created.items():
            node = Node(
                number=number,
                key=identifier.key(self._workspace_id),
                kind=identifier.kind,
                rank=identifier.rank,
                first=NEVER,
            )
            self._stored[number] = _Stored(node, profile=number, owner=0, previous=number)

    def _load_nodes(self, numbers: Iterable[int]) -> None:
        unknown = {number for number in numbers if number not in self._stored}
        self._keep(rows.list_by_numbers(self._connection, self._workspace_id, unknown))

    def _keep(self, found: Iterable[Row[*tuple[Any, ...]]]) -> None:
        for row in found:
            if row.number not in self._stored:
                self._stored[row.number] = _Stored(
                    rows.node_of(row, rank_of(row.kind)),
                    profile=row.profile,
                    owner=row.owner,
                    previous=row.profile,
                )
                if self._stored[row.number].node.is_hub(self._limits):
                    self._was_hub.add(row.number)

    def _take_firsts(self, firsts: Mapping[int, Evidence]) -> None:
        for number, evidence in firsts.items():
            stored = self._stored[number]
            if evidence < stored.node.first:
                stored.node.first = evidence
                stored.is_dirty = True
                if not stored.node.is_device and number not in self._created:
                    self._touch(self._people, number, evidence)

    def _take_links(self, said: Mapping[LinkKey, Evidence]) -> dict[int, Evidence]:
        """Take in links; return the identifiers that came to be seen with too many others."""
        if not said:
            return {}
        self._load_nodes({number for strong, weak, _ in said for number in (strong, weak)})
        self._load_known(said)
        pairs = {(strong, weak) for strong, weak, kind in self._links if kind in _NEIGHBOURLY}
        crowded: dict[int, Evidence] = {}
        for key, evidence in said.items():
            strong, weak, kind = key
            known = self._links.get(key)
            if known is not None and not is_better(kind, evidence, known.evidence):
                continue
            if known is not None:
                known.evidence = evidence
                self._changed_links.add(key)
            else:
                self._links[key] = Link(strong, weak, kind, evidence)
                self._new_links.add(key)
            if kind in _NEIGHBOURLY and (strong, weak) not in pairs:
                pairs.add((strong, weak))
                crowded.update(dict.fromkeys(self._count(strong, weak), evidence))
            if self._stored[weak].node.is_device:
                self._touch(self._devices, weak, evidence)
            else:
                self._touch(self._people, strong, evidence)
                self._touch(self._people, weak, evidence)
        return crowded

    def _load_known(self, said: Mapping[LinkKey, Evidence]) -> None:
        of_people: list[int] = []
        of_devices: list[int] = []
        for strong, weak in {(strong, weak) for strong, weak, _ in said}:
            if strong not in self._created and weak not in self._created:
                pairs = of_devices if self._stored[weak].node.is_device else of_people
                pairs.append(rows.pair_of(strong, weak))
        for table, pairs in ((person_links, of_people), (device_links, of_devices)):
            self._keep_links(
                rows.list_links_by_pairs(self._connection, table, self._workspace_id, pairs)
            )

    def _keep_links(self, links: Iterable[Link]) -> None:
        for link in links:
            self._links.setdefault((link.strong, link.weak, link.kind), link)

    def _count(self, strong: int, weak: int) -> list[int]:
        """Count two neighbours; return those for which this was one too many."""
        nodes = [self._stored[number].node for number in (strong, weak)]
        before = [self._is_crowded(node) for node in nodes]
        count_pair(*nodes)
        for node in nodes:
            self._stored[node.number].is_dirty = True
        after = [self._is_crowded(node) for node in nodes]
        return [
            node.number
            for node, was, is_now in zip(nodes, before, after, strict=True)
            if was != is_now
        ]

    def _is_crowded(self, node: Node) -> tuple[bool, bool]:
        return node.is_hub(self._limits), node.n_devices > self._limits.devices

    def _touch_around(self, crowded: Mapping[int, Evidence]) -> None:
        """Look again at all that an identifier connected until it was seen with too many."""
        people = [n for n in crowded if not self._stored[n].node.is_device]
        if not people:
            return
        self._keep_links(
            rows.list_links_of_people(
                self._connection, self._workspace_id, people, only_decisions=False
            )
        )
        self._load_nodes({number for strong, weak, _ in self._links for number in (strong, weak)})
        for strong, weak, _ in self._links:
            for crowd, other in ((strong, weak), (weak, strong)):
                if crowd in crowded:
                    is_device = self._stored[other].node.is_device
                    around = self._devices if is_device else self._people
                    self._touch(around, other, crowded[crowd])
        devices = rows.list_devices_of_people(self._connection, self._workspace_id, people)
        for device in devices:
            self._touch(self._devices, device, min(crowded.values()))

    @staticmethod
    def _touch(touched: dict[int, Evidence], number: int, evidence: Evidence) -> None:
        known = touched.get(number)
        if known is None or evidence < known:
            touched[number] = evidence

    def _settle_people(self) -> set[int]:
        """Resolve the components of all touched people; return who is somebody else now."""
        if not self._people:
            return set()
        inside = self._load_components()
        nodes = {
            number: stored.node
            for number, stored in self._stored.items()
            if not stored.node.is_device
        }
        between = [
            link
            for (strong, weak, kind), link in self._links.items()
            if (strong in inside or weak in inside)
            and (kind is LinkKind.APART or (strong in nodes and weak in nodes))
            and not self._is_towards_device(weak)
        ]
        profile_of, outcomes = join_people(nodes, between, self._limits)
        self._note_outcomes(outcomes)
        return {number for number in inside if self._set_profile(number, profile_of[number])}

    def _is_towards_device(self, weak: int) -> bool:
        stored = self._stored.get(weak)
        return stored is not None and stored.node.is_device

    def _load_components(self) -> set[int]:
        """Load everything that evidence connects with the touched people; return its numbers."""
        inside: set[int] = set()
        frontier = set(self._people)
        while frontier:
            self._load_nodes(frontier)
            inside |= frontier
            self._load_links_around(frontier)
            reached = self._reached_from(frontier)
            self._load_nodes(reached)
            frontier = reached - inside
        return inside

    def _load_links_around(self, frontier: set[int]) -> None:
        # What was created in this settlement has no stored links.
        older = {number for number in frontier if number not in self._created}
        hubs = {number for number in older if self._stored[number].node.is_hub(self._limits)}
        for numbers, only_decisions in ((older - hubs, False), (hubs, True)):
            self._keep_links(
                rows.list_links_of_people(
                    self._connection, self._workspace_id, numbers, only_decisions=only_decisions
                )
            )

    def _reached_from(self, frontier: set[int]) -> set[int]:
        reached: set[int] = set()
        ends = [key for key in self._links if key[0] in frontier or key[1] in frontier]
        self._load_nodes({n for strong, weak, _ in ends for n in (strong, weak)})
        for strong, weak, kind in ends:
            if kind is LinkKind.APART or self._is_towards_device(weak):
                continue
            is_through_hub = any(
                self._stored[number].node.is_hub(self._limits) for number in (strong, weak)
            )
            if kind is LinkKind.MERGED or not is_through_hub:
                reached |= {strong, weak}
        return reached

    def _settle_devices(self, moved: set[int]) -> None:
        """Choose the owner of every touched device, and let devices follow their owners."""
        self._load_nodes(self._devices)
        of_device = self._load_device_links()
        for device in self._devices:
            stored = self._stored[device]
            links = of_device.get(device, [])
            people = {link.strong: self._stored[link.strong].node for link in links}
            owner, outcomes = choose_owner(stored.node, links, people, self._limits)
            self._note_outcomes(outcomes)
            if owner != stored.owner:
                stored.owner = owner
                stored.is_dirty = True
        older = {number for number in moved if number not in self._created}
        self._keep(rows.list_by_owners(self._connection, self._workspace_id, older))
        for number, stored in list(self._stored.items()):
            if stored.node.is_device and (number in self._devices or stored.owner in moved):
                self._set_profile(
                    number, self._stored[stored.owner].profile if stored.owner else number
                )

    def _load_device_links(self) -> dict[int, list[Link]]:
        older = {number for number in self._devices if number not in self._created}
        hubs = older & self._was_hub
        for numbers, only_decisions in ((older - hubs, False), (hubs, True)):
            self._keep_links(
                rows.list_links_of_devices(
                    self._connection, self._workspace_id, numbers, only_decisions=only_decisions
                )
            )
        of_device: dict[int, list[Link]] = {}
        for (_, weak, _), link in self._links.items():
            if weak in self._devices:
                of_device.setdefault(weak, []).append(link)
        self._load_nodes({link.strong for links in of_device.values() for link in links})
        return of_device

    def _set_profile(self, number: int, profile: int) -> bool:
        stored = self._stored[number]
        if stored.profile == profile:
            return False
        stored.profile = profile
        stored.is_dirty = True
        return True

    def _note_outcomes(self, outcomes: Mapping[LinkKey, str]) -> None:
        for key, outcome in outcomes.items():
            link = self._links[key]
            if link.outcome != outcome:
                link.outcome = outcome
                self._changed_links.add(key)

    def _write(self) -> None:
        created = [
            (self._stored[number].node, identifier.value, _state(self._stored[number]))
            for number, identifier in self._created.items()
        ]
        changed = [
            (number, _state(stored))
            for number, stored in self._stored.items()
            if stored.is_dirty and number not in self._created
        ]
        rows.insert_identifiers(self._connection, self._workspace_id, created)
        rows.update_identifiers(self._connection, self._workspace_id, changed)
        self._write_links()
        self._write_moves()

    def _write_links(self) -> None:
        for table, is_device_table in ((person_links, False), (device_links, True)):
            new = [
                self._links[key]
                for key in self._new_links
                if self._is_towards_device(key[1]) is is_device_table
            ]
            changed = [
                self._links[key]
                for key in self._changed_links - self._new_links
                if self._is_towards_device(key[1]) is is_device_table
            ]
            rows.insert_links(self._connection, table, self._workspace_id, new)
            rows.update_links(self._connection, table, self._workspace_id, changed)

    def _write_moves(self) -> None:
        moved = [one for one in self._stored.values() if one.profile != one.previous]
        if not moved:
            return
        causes = self._causes()
        version = counters.take(self._connection, MOVE_VERSIONS, len(moved))
        made = [
            rows.MadeMove(
                number=one.node.number,
                previous=one.previous,
                profile=one.profile,
                cause=self._cause_of(one, causes),
            )
            for one in moved
        ]
        rows.insert_moves(self._connection, self._workspace_id, made, first_version=version)

    def _causes(self) -> dict[int, Evidence]:
        """Return the evidence behind the change of each profile that was left or joined."""
        causes: dict[int, Evidence] = {}
        for touched in (self._people, self._devices):
            for number, evidence in touched.items():
                stored = self._stored[number]
                for profile in (stored.profile, stored.previous):
                    self._touch(causes, profile, evidence)
        return causes

    def _cause_of(self, stored: _Stored, causes: Mapping[int, Evidence]) -> Evidence:
        number = stored.node.number
        return (
            self._people.get(number)
            or self._devices.get(number)
            or causes.get(stored.profile)
            or causes.get(stored.previous, NEVER)
        )


def _state(stored: _Stored) -> rows.State:
    node = stored.node
    return (*node.first, stored.profile, stored.owner, node.n_people, node.n_devices)
