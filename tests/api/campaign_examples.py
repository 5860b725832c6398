"""Broadcasts, and what their letters are made of, for the operations that need some."""

from installation import MEMBER

TEMPLATE = {
    "default_language": "en",
    "variants": {
        "en": {"subject": "Hello", "html": '<p>Hi</p><a href="{{ unsubscribe_url }}">Stop</a>'}
    },
}
BROADCAST = {
    "name": "Receipt",
    "segment": "builtin:everyone",
    "purpose": "transactional",
    "sender": {"from_address": "shop@shop.example"},
    "template": TEMPLATE,
}
# One dark pixel.
IMAGE = {
    "name": "A dot",
    "content": "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAIAAACQd1PeAAAADElEQVR42mNgYGAAAAAEAAHI"
    "riSIAAAAAElFTkSuQmCC",
}
GREY_IMAGE = {
    "name": "Two grey dots",
    "content": "iVBORw0KGgoAAAANSUhEUgAAAAIAAAABCAAAAADRSSBWAAAAC0lEQVR4nGNsYAAAAQYAgiXE"
    "WDgAAAAASUVORK5CYII=",
}
SAVED = {"name": "A line", "blocks": [{"kind": "divider", "id": "line"}]}
OFFER = {"name": "Tea", "benefit": {"kind": "free_shipping"}, "codes": "uploaded"}


def make_campaigns(api):
    """Make a broadcast in each state that an operation begins from; return the ids."""
    sent = api.post("/api/broadcasts", BROADCAST)["id"]
    api.post(f"/api/broadcasts/{sent}/send")
    api.wait(lambda: api.get(f"/api/broadcasts/{sent}/progress")["state"] == "done")
    api.settle()
    later = {"timing": {"start_at": "2099-01-01T09:00:00+09:00"}}
    scheduled = api.post("/api/broadcasts", BROADCAST | later)["id"]
    api.post(f"/api/broadcasts/{scheduled}/send")
    daily = {"timing": {**later["timing"], "repeat": {"each": "day"}}}
    recurring = api.post("/api/broadcasts", BROADCAST | daily)["id"]
    api.post(f"/api/broadcasts/{recurring}/send")
    recipients = api.get(f"/api/broadcasts/{sent}/recipients")
    message = next(one for one in recipients if one["outcome"] == "sent")
    return {
        "broadcast_id": sent,
        "paused_id": sent,
        "approval_id": _ask_for_approval(api),
        "scheduled_id": scheduled,
        "recurring_id": recurring,
        "draft_id": api.post("/api/broadcasts", BROADCAST)["id"],
        "second_draft_id": api.post("/api/broadcasts", BROADCAST)["id"],
        "message_id": message["message_id"],
        "mail_id": str(api.get("/api/inbox")[0]["id"]),
        "version": "0",
        "offer_id": api.post("/api/offers", OFFER)["id"],
        "saved_id": api.post("/api/saved-blocks", SAVED)["id"],
        "image_id": api.post("/api/images", IMAGE)["id"],
        "dropped_image_id": api.post("/api/images", GREY_IMAGE)["id"],
        "dropped_id": api.post("/api/saved-blocks", SAVED)["id"],
    }


def _ask_for_approval(api):
    api.put("/api/policies/approvals", {"over_people": 0})
    waiting = api.post("/api/broadcasts", BROADCAST)["id"]
    asked = api.client.post(f"/api/broadcasts/{waiting}/send").json()["error"]["detail"]
    api.put("/api/policies/approvals", {})
    return asked["id"]


def campaign_examples(known):
    """Query and body of the operations that need them, and ids where the usual will not do."""
    draft = {"broadcast_id": known["draft_id"]}
    return {
        "create_broadcast": {"body": BROADCAST},
        "change_broadcast": {"body": BROADCAST, "path_parameters": draft},
        "send_broadcast": {"path_parameters": draft},
        "unschedule_broadcast": {"path_parameters": {"broadcast_id": known["scheduled_id"]}},
        "list_occurrences": {"path_parameters": {"broadcast_id": known["recurring_id"]}},
        "skip_next_occurrence": {"path_parameters": {"broadcast_id": known["recurring_id"]}},
        "send_broadcast_unchecked": {
            "path_parameters": {"broadcast_id": known["second_draft_id"]},
            "body": {"reason": "a recall cannot wait"},
        },
        "send_broadcast_test": {
            "path_parameters": draft,
            "body": {"profile_id": "A1", "addresses": [MEMBER]},
        },
        "set_broadcast_defaults": {"body": {}},
        "prepare_renewal": {"body": {"sender": {"from_address": "news@shop.example"}}},
        "preview_broadcast": {"path_parameters": draft, "query": {"profile_id": "c1"}},
        "preview_broadcast_markup": {"path_parameters": draft, "query": {"profile_id": "c1"}},
        "preview_draft": {"body": BROADCAST, "query": {"profile_id": "c1"}},
        "check_draft": {"body": BROADCAST},
        "check_for_everybody": {"body": BROADCAST},
        "check_words": {"body": {"blocks": [{"id": "a", "text": "Hello"}]}},
        "approve": {"body": {"note": "fine"}},
        "decline": {"body": {"note": "too close"}},
        "list_versions": {"path_parameters": draft},
        "get_version": {"path_parameters": {**draft, "version": 1}},
        "list_changes": {"path_parameters": draft, "query": {"before": 1, "after": 1}},
        **_part_examples(known),
    }


def _part_examples(known):
    """Those of what a letter holds: offers, saved blocks and images."""
    saved = {"saved_id": known["saved_id"]}
    return {
        "create_offer": {"body": OFFER},
        "change_offer": {"body": {"definition": OFFER}},
        "import_offer_codes": {"body": {"text": "SHOP-2"}},
        "add_image": {"body": IMAGE},
        "remove_image": {"path_parameters": {"image_id": known["dropped_image_id"]}},
        "describe_image": {"body": {"name": "A dark dot", "alt": "A dot"}},
        "save_blocks": {"body": SAVED},
        "get_saved_blocks": {"path_parameters": saved},
        "change_saved_blocks": {"path_parameters": saved, "body": SAVED},
        "list_saved_blocks_uses": {"path_parameters": saved},
        "remove_saved_blocks": {"path_parameters": {"saved_id": known["dropped_id"]}},
    }
