"""Bringing stored identity in line with new evidence, touching nothing the evidence does not."""

from collections.abc import Iterable, Mapping
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, Table

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


class _Stored(msgspec.Struct, gc=False):
    node: Node
    profile: int
    owner: int
    previous: int  # profile before this settlement
    is_dirty: bool = False


def is_better(kind: LinkKind, evidence: Evidence, than: Evidence) -> bool:
    """Say whether evidence replaces what is known: the earliest counts, of decisions the latest."""
    return evidence > than if kind in _DECISIONS else evidence < than


class _Links(msgspec.Struct):
    """The loaded and new links of one table."""

    table: Table
    known: dict[LinkKey, Link] = {}
    new: set[LinkKey] = set()
    changed: set[LinkKey] = set()

    def keep(self, links: Iterable[Link]) -> None:
        """Take in stored links; what this settlement knows already is newer."""
        for link in links:
            self.known.setdefault((link.strong, link.weak, link.kind), link)

    def say(self, key: LinkKey, evidence: Evidence) -> bool:
        """Take in new evidence; say whether it changes anything."""
        link = self.known.get(key)
        if link is None:
            self.known[key] = Link(*key, evidence)
            self.new.add(key)
            return True
        if not is_better(key[2], evidence, link.evidence):
            return False
        link.evidence = evidence
        self.changed.add(key)
        return True

    def note(self, outcomes: Mapping[LinkKey, str]) -> None:
        """Note what became of links."""
        for key, outcome in outcomes.items():
            link = self.known[key]
            if link.outcome != outcome:
                link.outcome = outcome
                self.changed.add(key)


class Settlement:
    """One unit of work: load what new evidence touches, resolve it, write what changed."""

    def __init__(self, connection: Connection, workspace_id: int, limits: Limits) -> None:
        self._connection = connection
        self._workspace_id = workspace_id
        self._limits = limits
        self._stored: dict[int, _Stored] = {}
        self._created: Mapping[int, Identifier] = {}
        self._between = _Links(person_links)
        self._towards = _Links(device_links)
        # Numbers to be looked at again, each with the evidence that made it so.
        self._people: dict[int, Evidence] = {}
        self._devices: dict[int, Evidence] = {}
        self._was_hub: set[int] = set()

    def run(self, evidence: NewEvidence) -> None:
        """Take in new evidence."""
        self._create(evidence)
        self._load_nodes(evidence.firsts)
        self._take_firsts(evidence.firsts)
        crowded = self._take_links(self._between, evidence.people)
        crowded |= self._take_links(self._towards, evidence.devices)
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
            if row.number in self._stored:
                continue
            node = rows.node_of(row, rank_of(row.kind))
            self._stored[row.number] = _Stored(
                node, profile=row.profile, owner=row.owner, previous=row.profile
            )
            if node.is_hub(self._limits):
                self._was_hub.add(row.number)

    def _take_firsts(self, firsts: Mapping[int, Evidence]) -> None:
        for number, evidence in firsts.items():
            stored = self._stored[number]
            if evidence < stored.node.first:
                stored.node.first = evidence
                stored.is_dirty = True
                if not stored.node.is_device and number not in self._created:
                    _touch(self._people, number, evidence)

    def _take_links(self, links: _Links, said: Mapping[LinkKey, Evidence]) -> dict[int, Evidence]:
        """Take in links; return the identifiers that came to be seen with too many others."""
        if not said:
            return {}
        self._load_nodes({number for strong, weak, _ in said for number in (strong, weak)})
        pairs = {(strong, weak) for strong, weak, _ in said}
        older = [
            rows.pair_of(strong, weak)
            for strong, weak in pairs
            if strong not in self._created and weak not in self._created
        ]
        links.keep(
            rows.list_links_by_pairs(self._connection, links.table, self._workspace_id, older)
        )
        counted = {(strong, weak) for strong, weak, kind in links.known if kind in _NEIGHBOURLY}
        crowded: dict[int, Evidence] = {}
        for key, evidence in said.items():
            strong, weak, kind = key
            if not links.say(key, evidence):
                continue
            if kind in _NEIGHBOURLY and (strong, weak) not in counted:
                counted.add((strong, weak))
                crowded.update(dict.fromkeys(self._count(strong, weak), evidence))
            if links is self._towards:
                _touch(self._devices, weak, evidence)
            else:
                _touch(self._people, strong, evidence)
                _touch(self._people, weak, evidence)
        return crowded

    def _count(self, strong: int, weak: int) -> list[int]:
        """Count two neighbours; return those for which this was one too many."""
        ends = (self._stored[strong], self._stored[weak])
        count_pair(ends[0].node, ends[1].node)
        crowded = []
        for stored in ends:
            stored.is_dirty = True
            node = stored.node
            is_hub_now = node.is_hub(self._limits) and node.number not in self._was_hub
            if is_hub_now or node.n_devices == self._limits.devices + 1:
                crowded.append(node.number)
        return crowded

    def _touch_around(self, crowded: Mapping[int, Evidence]) -> None:
        """Look again at all that a person's identifier connected until it had too many."""
        people = {n: e for n, e in crowded.items() if not self._stored[n].node.is_device}
        if not people:
            return
        self._between.keep(
            rows.list_links_of_people(
                self._connection, self._workspace_id, people, only_decisions=False
            )
        )
        for strong, weak, _ in self._between.known:
            for crowd, other in ((strong, weak), (weak, strong)):
                if crowd in people:
                    _touch(self._people, other, people[crowd])
        earliest = min(people.values())
        for device in rows.list_devices_of_people(self._connection, self._workspace_id, people):
            _touch(self._devices, device, earliest)
        for strong, weak, _ in self._towards.known:
            if strong in people:
                _touch(self._devices, weak, people[strong])

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
            for link in self._between.known.values()
            if link.strong in inside or link.weak in inside
        ]
        profile_of, outcomes = join_people(nodes, between, self._limits)
        self._between.note(outcomes)
        return {number for number in inside if self._set_profile(number, profile_of[number])}

    def _load_components(self) -> set[int]:
        """Load everything that evidence connects with the touched people; return its numbers."""
        inside: set[int] = set()
        frontier = set(self._people)
        while frontier:
            self._load_nodes(frontier)
            inside |= frontier
            self._load_links_around(frontier)
            frontier = self._reached_from(frontier) - inside
        return inside

    def _load_links_around(self, frontier: set[int]) -> None:
        # What was created in this settlement has no stored links.
        older = {number for number in frontier if number not in self._created}
        hubs = {number for number in older if self._stored[number].node.is_hub(self._limits)}
        for numbers, only_decisions in ((older - hubs, False), (hubs, True)):
            self._between.keep(
                rows.list_links_of_people(
                    self._connection, self._workspace_id, numbers, only_decisions=only_decisions
                )
            )

    def _reached_from(self, frontier: set[int]) -> set[int]:
        """Return what evidence joins to the frontier: nothing is joined through a hub."""
        ends = [key for key in self._between.known if key[0] in frontier or key[1] in frontier]
        self._load_nodes({number for strong, weak, _ in ends for number in (strong, weak)})
        hubs = {
            number
            for key in ends
            for number in key[:2]
            if self._stored[number].node.is_hub(self._limits)
        }
        reached: set[int] = set()
        for strong, weak, kind in ends:
            is_through_hub = strong in hubs or weak in hubs
            if kind is LinkKind.MERGED or (kind is not LinkKind.APART and not is_through_hub):
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
            self._towards.note(outcomes)
            if owner != stored.owner:
                stored.owner = owner
                stored.is_dirty = True
        older = {number for number in moved if number not in self._created}
        self._keep(rows.list_by_owners(self._connection, self._workspace_id, older))
        for number, stored in self._stored.items():
            if stored.node.is_device and (number in self._devices or stored.owner in moved):
                owner = stored.owner
                self._set_profile(number, self._stored[owner].profile if owner else number)

    def _load_device_links(self) -> dict[int, list[Link]]:
        older = {number for number in self._devices if number not in self._created}
        hubs = older & self._was_hub
        for numbers, only_decisions in ((older - hubs, False), (hubs, True)):
            self._towards.keep(
                rows.list_links_of_devices(
                    self._connection, self._workspace_id, numbers, only_decisions=only_decisions
                )
            )
        of_device: dict[int, list[Link]] = {}
        for link in self._towards.known.values():
            if link.weak in self._devices:
                of_device.setdefault(link.weak, []).append(link)
        self._load_nodes({link.strong for links in of_device.values() for link in links})
        return of_device

    def _set_profile(self, number: int, profile: int) -> bool:
        stored = self._stored[number]
        if stored.profile == profile:
            return False
        stored.profile = profile
        stored.is_dirty = True
        return True

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
        for links in (self._between, self._towards):
            new = [links.known[key] for key in links.new]
            improved = [links.known[key] for key in links.changed - links.new]
            rows.insert_links(self._connection, links.table, self._workspace_id, new)
            rows.update_links(self._connection, links.table, self._workspace_id, improved)
        self._write_moves()

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
                    _touch(causes, profile, evidence)
        return causes

    def _cause_of(self, stored: _Stored, causes: Mapping[int, Evidence]) -> Evidence:
        number = stored.node.number
        return (
            self._people.get(number)
            or self._devices.get(number)
            or causes.get(stored.profile)
            or causes.get(stored.previous, NEVER)
        )


def _touch(touched: dict[int, Evidence], number: int, evidence: Evidence) -> None:
    """Note that a number must be looked at, with the earliest evidence that says so."""
    known = touched.get(number)
    if known is None or evidence < known:
        touched[number] = evidence


def _state(stored: _Stored) -> rows.State:
    node = stored.node
    return (*node.first, stored.profile, stored.owner, node.n_people, node.n_devices)
