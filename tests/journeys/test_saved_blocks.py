"""Saved blocks and earlier versions: used in many drafts, fixed when a broadcast starts."""

from typing import Any

import msgspec
import pytest
from test_broadcasts import NOW, Members

from kikubari.decide.personalise import AnyBlock, EmailTemplateSource, EmailVariant, TemplateError
from kikubari.deliver import Outbox, Sender
from kikubari.journeys import (
    BroadcastDefinition,
    Broadcasts,
    BroadcastVersions,
    SavedBlocks,
    SavedBlocksDefinition,
    SavedBlocksUse,
)
from kikubari.kit.clock import ManualClock
from kikubari.kit.ids import TimeOrderedIds
from kikubari.spec.errors import ConflictError, InvalidInputError, NotFoundError
from kikubari.testing.events import PlainSealing

BROKEN = {"kind": "heading", "id": "h", "text": "{% if %}"}
FOOTER = {"kind": "footer", "id": "foot", "lines": ["Tea Ltd, Kyoto"]}


class Shop:
    def __init__(self, state) -> None:
        clock, ids = ManualClock(NOW), TimeOrderedIds()
        self.outbox = Outbox(state, PlainSealing(), clock)
        self.saved = SavedBlocks(state, clock, ids)
        self.broadcasts = Broadcasts(state, self.outbox, Members([1, 2]), clock, ids)
        self.versions = BroadcastVersions(state)


@pytest.fixture
def shop(state):
    return Shop(state)


def saved(*blocks: dict[str, Any], name="Our footer"):
    return SavedBlocksDefinition(name=name, blocks=msgspec.convert(blocks, tuple[AnyBlock, ...]))


def draft(*blocks: dict[str, Any], subject="Hello", **changes):
    variant = msgspec.convert({"subject": subject, "blocks": {"blocks": blocks}}, EmailVariant)
    return BroadcastDefinition(
        **{
            "name": "Autumn",
            "segment": "vip",
            "template": EmailTemplateSource(default_language="en", variants={"en": variant}),
            "sender": Sender(from_address="news@shop.example"),
            **changes,
        }
    )


def use_of(saved_id):
    return {"kind": "saved", "id": "s", "saved_id": saved_id}


def test_a_footer_that_is_saved_counts_as_a_way_out(shop):
    with pytest.raises(InvalidInputError, match="no link to unsubscribe"):
        shop.broadcasts.create(draft({"kind": "heading", "id": "h", "text": "Hi"}))
    footer = shop.saved.create(saved(FOOTER))
    made = shop.broadcasts.create(draft(use_of(footer.id)))
    assert shop.saved.list_uses(footer.id) == [SavedBlocksUse(broadcast_id=made.id, is_draft=True)]
    assert shop.saved.get(footer.id).n_uses == 1


def test_what_a_draft_uses_cannot_go_and_what_was_sent_does_not_need_it(shop):
    footer = shop.saved.create(saved(FOOTER))
    made = shop.broadcasts.create(draft(use_of(footer.id)))
    with pytest.raises(ConflictError) as refused:
        shop.saved.remove(footer.id)
    assert refused.value.detail == {"broadcasts": [made.id]}
    shop.broadcasts.send(made.id)
    shop.saved.remove(footer.id)
    with pytest.raises(NotFoundError):
        shop.saved.get(footer.id)


def test_a_draft_that_drops_the_blocks_uses_them_no_more(shop):
    footer = shop.saved.create(saved(FOOTER))
    made = shop.broadcasts.create(draft(use_of(footer.id)))
    shop.broadcasts.change(made.id, draft(FOOTER))
    assert shop.saved.list_uses(footer.id) == []


def test_another_version_shows_in_drafts(shop):
    footer = shop.saved.create(saved(FOOTER))
    changed = shop.saved.change(footer.id, saved(FOOTER, name=" New name "))
    assert (changed.version, changed.definition.name) == (2, "New name")
    template = draft(use_of(footer.id)).template
    assert shop.saved.fill(template).saved == {footer.id: changed.definition.blocks}
    assert [one.id for one in shop.saved.list_saved()] == [footer.id]


@pytest.mark.parametrize(
    ("definition", "error", "says"),
    [
        (saved(FOOTER, name=" "), InvalidInputError, "need a name"),
        (saved(), InvalidInputError, "no block to save"),
        (saved(use_of("sav_1")), InvalidInputError, "cannot hold saved blocks"),
        (saved(BROKEN), TemplateError, "missing expression"),
    ],
)
def test_what_cannot_be_saved_is_said(shop, definition, error, says):
    with pytest.raises(error, match=says):
        shop.saved.create(definition)
    assert shop.saved.list_saved() == []


def test_every_version_is_kept_and_compared(shop):
    made = shop.broadcasts.create(draft(FOOTER))
    heading = {"kind": "heading", "id": "h", "text": "Hi"}
    shop.broadcasts.change(made.id, draft(heading, FOOTER, subject="Hello again", segment="all"))
    assert [one.version for one in shop.versions.list_versions(made.id)] == [2, 1]
    assert shop.versions.get(made.id, 1).template == draft(FOOTER).template
    changes = shop.versions.compare(made.id, 1, 2)
    assert [(one.part, one.language, one.before, one.after) for one in changes] == [
        ("segment", "", "vip", "all"),
        ("subject", "en", "Hello", "Hello again"),
        ("blocks", "en", None, None),
    ]
    assert (changes[-1].block.change, changes[-1].block.block) == ("added", "h")


def test_a_language_that_came_is_a_change(shop):
    made = shop.broadcasts.create(draft(FOOTER))
    one = draft(FOOTER)
    both = msgspec.structs.replace(
        one.template, variants={**one.template.variants, "ja": one.template.variants["en"]}
    )
    shop.broadcasts.change(made.id, msgspec.structs.replace(one, template=both))
    [change] = shop.versions.compare(made.id, 1, 2)
    assert (change.part, change.before, change.after) == ("language", None, "ja")


def test_a_version_that_never_was_is_not_found(shop):
    made = shop.broadcasts.create(draft(FOOTER))
    for call in (
        lambda: shop.versions.get(made.id, 2),
        lambda: shop.versions.get(made.id, 2**70),
        lambda: shop.versions.compare(made.id, 1, 9),
        lambda: shop.versions.list_versions("brd_none"),
    ):
        with pytest.raises(NotFoundError):
            call()
