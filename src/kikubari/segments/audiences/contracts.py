"""What is told of the people an edited tree holds."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Protocol

import msgspec

from kikubari.segments.explanation import Language
from kikubari.spec.conditions import Channel

NodeKind = Literal["all", "any", "not", "leaf"]


class Directory(Protocol):
    """The segments and lists that others can be compared with."""

    def list_segment_ids(self) -> Sequence[str]:
        """Return the ids of segments worth comparing with, most used first."""
        ...

    def segment_title(self, segment_id: str, language: Language) -> str:
        """Return a segment's name; its id, if there is none."""
        ...

    def list_title(self, list_id: str, language: Language) -> str:
        """Return a list's name; its id, if there is none."""
        ...


class DraftProblem(msgspec.Struct, frozen=True):
    """A part of an edited tree that cannot be counted; the rest is counted without it.

    Attributes:
        path: of the part.
        code: `incomplete` (it is no condition yet) or `too_heavy` (over the query's budget).
        message: what is missing or wrong.
    """

    path: str
    code: Literal["incomplete", "too_heavy"]
    message: str


class NodeCount(msgspec.Struct, frozen=True):
    """How many people one node of the tree holds by itself.

    Attributes:
        path: of the node, as edited.
        kind: what the node is.
        count: people it holds for; None while it is incomplete.
        is_fresh: it was asked anew for this answer; False where the answer was at hand.
    """

    path: str
    kind: NodeKind
    count: int | None
    is_fresh: bool


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """How many belong.

    Attributes:
        total: people in the whole tree; None if nothing of it is complete.
        everyone: people there are at all.
        nodes: every node, outer before inner, in order.
        problems: parts that were left out.
        as_of: the instant all of this holds for; sent with the next edit, only what changed is
            asked anew.
        took_ms: time it took.
    """

    total: int | None
    everyone: int
    nodes: tuple[NodeCount, ...]
    problems: tuple[DraftProblem, ...]
    as_of: datetime
    took_ms: float


class ChannelReach(msgspec.Struct, frozen=True):
    """Who of an audience a channel reaches.

    Attributes:
        channel: which one.
        with_address: people with an address for it.
        agreed: of those, people who agreed to marketing by it.
        suppressed: of those who agreed, people on its stop list.
        reachable: people left: what a message would be sent to.
    """

    channel: Channel
    with_address: int
    agreed: int
    suppressed: int
    reachable: int


class Reach(msgspec.Struct, frozen=True):
    """Whom messages would reach; `anywhere` counts everybody once."""

    total: int
    anywhere: int
    channels: tuple[ChannelReach, ...]


class Overlap(msgspec.Struct, frozen=True):
    """What an audience has in common with a segment.

    Attributes:
        segment_id: which one.
        title_ja: its name for readers of Japanese.
        title_en: its name for readers of English.
        size: people in it.
        shared: people in both.
    """

    segment_id: str
    title_ja: str
    title_en: str
    size: int
    shared: int


class Overlaps(msgspec.Struct, frozen=True):
    """Overlaps, the largest first; `n_left_out` segments were not compared in the time given."""

    total: int
    overlaps: tuple[Overlap, ...]
    n_left_out: int


class FunnelStep(msgspec.Struct, frozen=True):
    """One condition of the outermost group.

    Attributes:
        path: of the condition.
        alone: people it holds for by itself.
        remaining: people left when it and all conditions before it are applied.
        without: people there would be in all, were this condition not there.
    """

    path: str
    alone: int
    remaining: int
    without: int


class Funnel(msgspec.Struct, frozen=True):
    """Which condition cuts how many, in the order written.

    Attributes:
        everyone: people before any condition.
        total: people after all.
        joint: how the steps are joined: in `any`, `remaining` grows from step to step.
        steps: one for each condition of the outermost group.
        most_cutting: path of the condition without which most people would be gained, if any.
    """

    everyone: int
    total: int
    joint: NodeKind
    steps: tuple[FunnelStep, ...]
    most_cutting: str | None


Topic = Literal["person", "habit", "preference"]


class Trait(msgspec.Struct, frozen=True):
    """Something that an audience is, or does, more or less often than everyone.

    Attributes:
        topic: who they are, what they do, what they like.
        attribute: its stable name, such as `trait:language` or `bought:category`.
        value: of the attribute.
        label_ja: both in Japanese.
        label_en: both in English.
        count: people of the audience with it.
        share: of the audience, 0..1.
        share_of_everyone: 0..1.
        lift: `share` by `share_of_everyone`.
    """

    topic: Topic
    attribute: str
    value: str
    label_ja: str
    label_en: str
    count: int
    share: float
    share_of_everyone: float
    lift: float


class Portrait(msgspec.Struct, frozen=True):
    """What sets an audience apart, the clearest first."""

    total: int
    everyone: int
    traits: tuple[Trait, ...]
