"""Journeys for the operations that need some: one in each state that an operation begins from."""

DEFINITION = {
    "name": "Welcome",
    "trigger": {"type": "event", "events": {"event": "Signed Up"}},
    "start": "pause",
    "steps": [{"type": "wait", "id": "pause", "duration": {"days": 1}}],
    "rules": {"goal": {"events": {"event": "Order Completed"}}},
}
_JOURNEYS = ("welcome", "to-pause", "paused", "to-drain", "to-cancel", "unpublished")


def make_journeys(api):
    """Make the journeys; return the id that most operations ask for."""
    for journey_id in _JOURNEYS:
        api.post("/api/journeys", {"id": journey_id, "definition": DEFINITION})
        if journey_id != "unpublished":
            api.post(f"/api/journeys/{journey_id}/publish")
    api.post("/api/journeys/paused/pause")
    return {"journey_id": "welcome", "step_id": "pause", "profile": "A1"}


def journey_examples():
    """Body of the operations that need one, and ids where the usual will not do."""
    others = {
        "pause_journey": "to-pause",
        "resume_journey": "paused",
        "drain_journey": "to-drain",
        "cancel_journey": "to-cancel",
    }
    unpublished = {"path_parameters": {"journey_id": "unpublished"}, "body": {}}
    return {
        "create_journey": {"body": {"definition": DEFINITION}},
        "save_journey_draft": {"body": DEFINITION},
        "describe_journey_condition": {"body": {"when": "builtin:repeat_buyers"}},
        "publish_journey": unpublished,
        "preview_journey_publication": unpublished,
        "request_enrolment": {"body": {"profile": "A1", "key": "once"}},
        **{name: {"path_parameters": {"journey_id": id_}} for name, id_ in others.items()},
    }
