"""Segments and personas, for the operations that need some."""

SEGMENT = {"name": "Everybody", "condition": {"type": "everyone"}}
BUYERS = {
    "name": "Buyers",
    "condition": {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}},
}
_OF_A_CONDITION = (
    "count_audience",
    "reach_audience",
    "compare_audience",
    "cut_audience",
    "portray_audience",
    "sample_audience",
    "advise_audience",
    "describe_audience",
    "describe_segment",
)


def make_audiences(api):
    """Make segments and the personas; return the ids, and the rules of the personas."""
    buyers = api.post("/api/segments", BUYERS)["id"]
    rules = {"rules": [{"name": "Buyers", "segment_id": buyers}], "default_name": "Others"}
    api.put("/api/personas", rules)
    return {
        "segment_id": api.post("/api/segments", SEGMENT)["id"],
        "buyers_id": buyers,
        "rules": rules,
    }


def audience_examples(known):
    """Query and body of the operations that need them, and ids where the usual will not do."""
    everyone = {"condition": SEGMENT["condition"]}
    return {
        "list_segments": {"query": {"counts": "true"}},
        "create_segment": {"body": SEGMENT},
        "change_segment": {"body": {**SEGMENT, "name": "All", "version": 1}},
        "explain_segment": {"query": {"profile_id": "A1"}},
        "evaluate_segment": {"body": {**everyone, "members": 5}},
        **{name: {"body": everyone} for name in _OF_A_CONDITION},
        "list_vocabulary": {"path_parameters": {"kind": "events"}},
        "choose_threshold": {"path_parameters": {"key": "vip_percent"}, "body": {"value": 20}},
        "change_announcing": {
            "path_parameters": {"segment_id": "builtin:everyone"},
            "body": {"announces": True},
        },
        "find_personas": {"body": {}},
        "define_personas": {"body": known["rules"]},
        "find_lookalikes": {
            "path_parameters": {"segment_id": known["buyers_id"]},
            "body": {"size": 50},
        },
    }
