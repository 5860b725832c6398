"""The one place where Liquid is configured: strict, limited, recording, without files."""

from collections.abc import Mapping
from typing import ClassVar

from liquid import BoundTemplate, DictLoader, Environment, Mode, RenderContext
from liquid.ast import Node

from kikubari.decide.personalise._fence_tags import FENCE_TAGS
from kikubari.decide.personalise._nodes import RECORDING_TAGS, settle_tree
from kikubari.decide.personalise._program import RecordingTemplate
from kikubari.decide.personalise._recommend_tag import RecommendTag
from kikubari.decide.personalise.filters import OWN_FILTERS, REMOVED_FILTERS
from kikubari.decide.personalise.links import slot_links


class RecordingEnvironment(Environment):
    """Shopify's Liquid with our limits, filters and recording tags."""

    block_nesting_limit: ClassVar[int] = 30
    context_depth_limit: ClassVar[int] = 30
    loop_iteration_limit: ClassVar[int | None] = 10_000
    local_namespace_limit: ClassVar[int | None] = 1_000_000
    output_stream_limit: ClassVar[int | None] = 2_000_000
    template_class: type[BoundTemplate] = RecordingTemplate
    has_link_slots: bool = False

    def setup_tags_and_filters(self, *, extra: bool = False) -> None:
        """Register the standard set, then replace what records and drop what unescapes."""
        super().setup_tags_and_filters(extra=extra)
        for tag in (*RECORDING_TAGS, *FENCE_TAGS, RecommendTag):
            self.add_tag(tag)
        self.filters.update(OWN_FILTERS)
        for name in REMOVED_FILTERS:
            del self.filters[name]

    def _parse(self, source: str) -> list[Node]:
        if self.has_link_slots:
            source = slot_links(source)
        nodes = super()._parse(source)
        settle_tree(nodes, RenderContext(BoundTemplate(self, nodes)))
        return nodes


def liquid_environment(
    *, autoescape: bool, snippets: Mapping[str, str] | None = None, has_link_slots: bool = False
) -> RecordingEnvironment:
    """Return a strict environment; snippets are the only templates ``render`` can load.

    Args:
        autoescape: True for HTML; False for subjects and text, which know no markup.
        snippets: Liquid source by name.
        has_link_slots: keeps the addresses of links apart from the text around them.
    """
    environment = RecordingEnvironment(
        loader=DictLoader(dict(snippets or {})), tolerance=Mode.STRICT, autoescape=autoescape
    )
    environment.has_link_slots = has_link_slots
    return environment
