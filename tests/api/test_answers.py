"""What the API answers about things that are there is what its description says, everywhere."""

from datetime import UTC, datetime, timedelta
from itertools import product

import pytest
import schemathesis
from journey_examples import journey_examples, make_journeys
from recipe_examples import make_simulation, recipe_examples
from test_openapi import CHECKS

from installation import MEMBER

TEMPLATE = {
    "default_language": "en",
    "variants": {
        "en": {"subject": "Hello", "html": '<p>Hi</p><a href="{{ unsubscribe_url }}">Stop</a>'}
    },
}
TOPIC = {"id": "events", "name_ja": "催し", "name_en": "Events"}
SAVED = {"name": "A line", "blocks": [{"kind": "divider", "id": "line"}]}
OFFER = {"name": "Tea", "benefit": {"kind": "free_shipping"}, "codes": "uploaded"}
BROADCAST = {
    "name": "Receipt",
    "segment": "builtin:everyone",
    "purpose": "transactional",
    "sender": {"from_address": "shop@shop.example"},
    "template": TEMPLATE,
}
AGREED_LONG_AGO = {
    "userId": "A2",
    "event": "Kikubari Consent Changed",
    "properties": {"purpose": "marketing", "channel": "email", "status": "granted"},
    "timestamp": "2020-01-01T00:00:00Z",
}
SEGMENT = {"name": "Everybody", "condition": {"type": "everyone"}}
BUYERS = {
    "name": "Buyers",
    "condition": {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}},
}
# Half of them buy, so that there is somebody to learn from, and somebody to find.
N_CUSTOMERS = 240


def deeds():
    """Deeds of each customer on two days: by one day nobody's habits are known."""
    for number, days in product(range(N_CUSTOMERS), (1, 3)):
        yield {
            "type": "track",
            "userId": f"c{number}",
            "event": "Order Completed" if number % 2 else "Product Viewed",
            "properties": {"total": 10},
            "timestamp": (datetime.now(UTC) - timedelta(days=days)).isoformat(),
        }


@pytest.fixture(scope="module")
def known(api, tmp_path_factory):
    """Ids of one of each thing there is."""
    products = tmp_path_factory.mktemp("files") / "products.csv"
    products.write_text("product_id,title,category,price,currency\nP1,Teapot,tea,42.50,GBP\n")
    api.run("import", "products", str(products), "--quiet")
    key = api.post("/api/sources", {"name": "till"})["write_key"]
    with api.stranger() as till:
        body = {"userId": "A1", "traits": {"email": "a1@example.com", "name": "Ada"}}
        till.post("/v1/identify", json=body, auth=(key, "")).raise_for_status()
        till.post("/v1/track", json={"userId": "A1"}, auth=(key, ""))
        till.post("/v1/track", json=AGREED_LONG_AGO, auth=(key, "")).raise_for_status()
        till.post("/v1/batch", json={"batch": list(deeds())}, auth=(key, "")).raise_for_status()
    api.settle()
    sent = api.post("/api/broadcasts", BROADCAST)["id"]
    api.post(f"/api/broadcasts/{sent}/send")
    api.wait(lambda: api.get(f"/api/broadcasts/{sent}/progress")["state"] == "done")
    api.settle()
    buyers = api.post("/api/segments", BUYERS)["id"]
    rules = {"rules": [{"name": "Buyers", "segment_id": buyers}], "default_name": "Others"}
    api.client.put("/api/personas", json=rules).raise_for_status()
    api.client.put("/api/policies/approvals", json={"over_people": 0}).raise_for_status()
    waiting = api.post("/api/broadcasts", BROADCAST)["id"]
    asked = api.client.post(f"/api/broadcasts/{waiting}/send").json()["error"]["detail"]
    api.client.put("/api/policies/approvals", json={}).raise_for_status()
    later = {"timing": {"start_at": "2099-01-01T09:00:00+09:00"}}
    scheduled = api.post("/api/broadcasts", BROADCAST | later)["id"]
    api.post(f"/api/broadcasts/{scheduled}/send")
    recipients = api.get(f"/api/broadcasts/{sent}/recipients")
    message = next(one for one in recipients if one["outcome"] == "sent")
    return {
        "profile_id": "A1",
        "approval_id": asked["id"],
        "segment_id": api.post("/api/segments", SEGMENT)["id"],
        "broadcast_id": sent,
        "message_id": message["message_id"],
        "mail_id": str(api.get("/api/inbox")[0]["id"]),
        "key_id": api.post("/api/keys", {"name": "to revoke"})["id"],
        "member_id": api.post("/api/members/invitations", {"email": "gone@example.com"})["member"][
            "id"
        ],
        "buyers_id": buyers,
        "rules": rules,
        "reset_id": api.post("/api/members/invitations", {"email": "lost@example.com"})["member"][
            "id"
        ],
        "erased_id": api.get("/api/profiles/c0")["profile"]["id"],
        "product_id": "P1",
        "version": "0",
        "source_id": api.post("/api/sources", {"name": "another till"})["id"],
        "topic_id": api.post("/api/topics", TOPIC)["definition"]["id"],
        "domain": "shop.example",
        "draft_id": api.post("/api/broadcasts", BROADCAST)["id"],
        "scheduled_id": scheduled,
        "second_draft_id": api.post("/api/broadcasts", BROADCAST)["id"],
        "offer_id": api.post("/api/offers", OFFER)["id"],
        "saved_id": api.post("/api/saved-blocks", SAVED)["id"],
        "dropped_id": api.post("/api/saved-blocks", SAVED)["id"],
        "paused_id": sent,
        **make_journeys(api),
        **make_simulation(api),
    }


def examples(known):
    """Query and body of the operations that need them, and ids where the usual will not do."""
    draft = {"broadcast_id": known["draft_id"]}
    saved = {"saved_id": known["saved_id"]}
    decision = {"left": "A1", "right": "A2", "reason": "one person"}
    return {
        "create_source": {"body": {"name": "pages", "kind": "browser"}},
        "limit_source": {"body": {"events_per_minute": 600}},
        "rotate_source_key": {"body": {"overlap_hours": 1}},
        "create_topic": {"body": {**TOPIC, "id": "workshops"}},
        "change_topic": {"body": {"name_ja": "新しい催し", "name_en": "New events"}},
        "create_wording": {
            "body": {"purpose": "marketing", "ja": "お便りを受け取る", "en": "Send me letters"}
        },
        "set_frequency_policy": {"body": {}},
        "try_frequency_policy": {
            "body": {"quiet_hours": [{"start": "21:00", "end": "08:00"}]},
        },
        "set_broadcast_defaults": {"body": {}},
        "find_catalogue_changes": {"body": {"statements": [{"product_id": "P1", "stock": 3}]}},
        "set_news_rules": {"body": {"low_stock": 3}},
        "set_approval_policy": {"body": {}},
        "approve": {"body": {"note": "fine"}},
        "decline": {"body": {"note": "too close"}},
        "check_words": {"body": {"blocks": [{"id": "a", "text": "Hello"}]}},
        "set_guard_policy": {"body": {"min_confidence": 0.7}},
        "limit_profile": {"body": {"limit": "objection", "reason": "asked by letter"}},
        "lift_limit": {"body": {"limit": "objection"}},
        "search_profiles": {"query": {"q": "a1"}},
        "look_up_profile": {"query": {"reference": "a1@example.com"}},
        "merge_profiles": {"body": decision},
        "unmerge_profiles": {"body": decision},
        "list_segments": {"query": {"counts": "true"}},
        "create_segment": {"body": SEGMENT},
        "change_segment": {"body": {**SEGMENT, "name": "All", "version": 1}},
        "evaluate_segment": {"body": {"condition": {"type": "everyone"}, "members": 5}},
        "count_audience": {"body": {"condition": {"type": "everyone"}}},
        "reach_audience": {"body": {"condition": {"type": "everyone"}}},
        "compare_audience": {"body": {"condition": {"type": "everyone"}}},
        "cut_audience": {"body": {"condition": {"type": "everyone"}}},
        "portray_audience": {"body": {"condition": {"type": "everyone"}}},
        "sample_audience": {"body": {"condition": {"type": "everyone"}}},
        "advise_audience": {"body": {"condition": {"type": "everyone"}}},
        "describe_audience": {"body": {"condition": {"type": "everyone"}}},
        "describe_segment": {"body": {"condition": {"type": "everyone"}}},
        "list_vocabulary": {"path_parameters": {"kind": "events"}},
        "explain_segment": {"query": {"profile_id": "A1"}},
        "choose_threshold": {"path_parameters": {"key": "vip_percent"}, "body": {"value": 20}},
        "change_announcing": {
            "path_parameters": {"segment_id": "builtin:everyone"},
            "body": {"announces": True},
        },
        "get_attribute": {
            "query": {"kind": "property", "name": "total", "event": "Order Completed"}
        },
        "decide_attribute": {"body": {"kind": "trait", "name": "city", "owner": "till"}},
        "apply_plan": {"body": {"plan": {}}},
        "try_plan": {"body": {"plan": {}}},
        "preview_broadcast": {"path_parameters": draft, "query": {"profile_id": "c1"}},
        "preview_broadcast_markup": {"path_parameters": draft, "query": {"profile_id": "c1"}},
        "erase_profile": {
            "path_parameters": {"profile_id": known["erased_id"]},
            "body": {"confirm": known["erased_id"], "reason": "asked"},
        },
        "find_personas": {"body": {}},
        "define_personas": {"body": known["rules"]},
        "find_lookalikes": {
            "path_parameters": {"segment_id": known["buyers_id"]},
            "body": {"size": 50},
        },
        "prepare_renewal": {"body": {"sender": {"from_address": "news@shop.example"}}},
        "create_broadcast": {"body": BROADCAST},
        "change_broadcast": {"body": BROADCAST, "path_parameters": draft},
        "send_broadcast": {"path_parameters": draft},
        "unschedule_broadcast": {"path_parameters": {"broadcast_id": known["scheduled_id"]}},
        "send_broadcast_unchecked": {
            "path_parameters": {"broadcast_id": known["second_draft_id"]},
            "body": {"reason": "a recall cannot wait"},
        },
        "preview_draft": {"body": BROADCAST, "query": {"profile_id": "c1"}},
        "check_draft": {"body": BROADCAST},
        "list_versions": {"path_parameters": draft},
        "get_version": {"path_parameters": {**draft, "version": 1}},
        "list_changes": {"path_parameters": draft, "query": {"before": 1, "after": 1}},
        "send_broadcast_test": {
            "path_parameters": draft,
            "body": {"profile_id": "A1", "addresses": [MEMBER]},
        },
        "create_offer": {"body": OFFER},
        **journey_examples(),
        **recipe_examples(),
        "change_offer": {"body": {"definition": OFFER}},
        "import_offer_codes": {"body": {"text": "SHOP-2"}},
        "save_blocks": {"body": SAVED},
        "get_saved_blocks": {"path_parameters": saved},
        "change_saved_blocks": {"path_parameters": saved, "body": SAVED},
        "remove_saved_blocks": {"path_parameters": {"saved_id": known["dropped_id"]}},
        "list_saved_blocks_uses": {"path_parameters": saved},
        "list_suppressions": {"query": {"address": "no@example.com"}},
        "add_suppression": {"body": {"address": "no@example.com"}},
        "remove_suppression": {"body": {"address": "no@example.com"}},
        "create_key": {"body": {"name": "another", "scopes": ["read"]}},
        "create_member": {"body": {"email": "new@example.com", "password": "long enough a word"}},
        "invite_member": {"body": {"email": "asked@example.com", "role": "editor"}},
        "change_member": {"body": {"role": "viewer", "name": "Ken"}},
        "reset_member": {
            "path_parameters": {"member_id": known["reset_id"]},
            "body": {"forgets_second_factor": True},
        },
        "change_policy": {"body": {"idle_minutes": 60}},
    }


def test_every_operation_succeeds_as_described(api, schema, known):
    given = examples(known)
    described = schemathesis.openapi.from_dict(schema)
    operations = [found.ok() for found in described.get_all_operations()]
    names = {operation.definition.raw["operationId"] for operation in operations}
    assert given.keys() <= names
    refused = {}
    for operation in operations:
        name = operation.definition.raw["operationId"]
        if not any("key" in one for one in operation.definition.raw.get("security", [{"key": []}])):
            continue  # before a log-in, or of a member's own account: see test_sessions
        if name == "get_health":
            # An operation before may have met a loop in the middle of a step that is tried again.
            api.wait(lambda: api.health()["is_ready"])
        arguments = {"path_parameters": known, **given.get(name, {})}
        wanted = {parameter.name for parameter in operation.path_parameters}
        case = operation.Case(
            path_parameters={
                key: value for key, value in arguments["path_parameters"].items() if key in wanted
            },
            query=arguments.get("query", {}),
            media_type="application/json",
            **({"body": arguments["body"]} if "body" in arguments else {}),
        )
        answer = case.call(
            base_url=str(api.client.base_url),
            headers={"authorization": api.client.headers["authorization"]},
        )
        if answer.status_code not in {200, 201, 202, 204}:
            refused[name] = answer.text
        case.validate_response(answer, checks=CHECKS)
    # Complaints would have to hold somebody's mail first: see the tests of the alarm. And
    # a key approves nothing: see the tests of approvals.
    assert refused.keys() == {"resume_sender", "approve", "decline"}
    assert "is not held" in refused["resume_sender"]
