"""A broadcast that goes every day, from a moment just ahead."""

from datetime import UTC, datetime, timedelta
from typing import Any

from installation import Installation


def send_soon(api: Installation, broadcast_id: str, repeat: dict[str, Any]) -> dict[str, Any]:
    """Let a draft go every day at a time that is just ahead; return it as it stands then."""
    path = f"/api/broadcasts/{broadcast_id}"
    definition = api.get(path)["definition"]
    for seconds in (3, 15, 60):
        first = datetime.now(UTC) + timedelta(seconds=seconds)
        definition["timing"] = {"start_at": first.isoformat(), "repeat": repeat}
        api.put(path, definition)
        sent: dict[str, Any] = api.post(f"{path}/send")
        if datetime.fromisoformat(sent["occurs_at"]) == first:
            return sent
        # It was over before the server had read it: the first is tomorrow's.
        api.post(f"{path}/unschedule")
    raise AssertionError("the machine takes a minute for two requests")
