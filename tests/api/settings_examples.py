"""Members, keys, topics, endpoints and policies, for the operations that need some."""

TOPIC = {"id": "events", "name_ja": "催し", "name_en": "Events"}
WORDING = {"purpose": "profiling", "ja": "おすすめに使う", "en": "Use it for advice"}
ENDPOINT = {"name": "CRM", "url": "https://93.184.216.34/in", "types": ["Order Completed"]}


def make_settings(api):
    """Make one of each, and more of those that an operation ends; return the ids."""
    return {
        "key_id": api.post("/api/keys", {"name": "to revoke"})["id"],
        "member_id": _invite(api, "gone@example.com"),
        "reset_id": _invite(api, "lost@example.com"),
        "wording": api.post("/api/consent/wordings", WORDING)["version"],
        "topic_id": api.post("/api/topics", TOPIC)["definition"]["id"],
        "endpoint_id": api.post("/api/webhooks", ENDPOINT)["endpoint"]["id"],
        "gone_endpoint_id": api.post("/api/webhooks", ENDPOINT)["endpoint"]["id"],
        "domain": "shop.example",
    }


def _invite(api, email):
    return api.post("/api/members/invitations", {"email": email})["member"]["id"]


def settings_examples(known):
    """Query and body of the operations that need them, and ids where the usual will not do."""
    return {
        "create_key": {"body": {"name": "another", "scopes": ["read"]}},
        "create_member": {"body": {"email": "new@example.com", "password": "long enough a word"}},
        "invite_member": {"body": {"email": "asked@example.com", "role": "editor"}},
        "change_member": {"body": {"role": "viewer", "name": "Ken"}},
        "reset_member": {
            "path_parameters": {"member_id": known["reset_id"]},
            "body": {"forgets_second_factor": True},
        },
        "change_policy": {"body": {"idle_minutes": 60}},
        "set_approval_policy": {"body": {}},
        "set_guard_policy": {"body": {"min_confidence": 0.7}},
        "set_frequency_policy": {"body": {}},
        "set_tracking_policy": {"body": {}},
        "suppress_inactive": {"body": {"days": 30}},
        "try_frequency_policy": {"body": {"quiet_hours": [{"start": "21:00", "end": "08:00"}]}},
        "create_topic": {"body": {**TOPIC, "id": "workshops"}},
        "change_topic": {"body": {"name_ja": "新しい催し", "name_en": "New events"}},
        "create_wording": {
            "body": {"purpose": "marketing", "ja": "お便りを受け取る", "en": "Send me letters"}
        },
        "retire_wording": {"path_parameters": {"version": known["wording"]}},
        "create_webhook_endpoint": {"body": ENDPOINT},
        "change_webhook_endpoint": {"body": {**ENDPOINT, "name": "Till"}},
        "set_webhook_endpoint_state": {"body": {"is_enabled": True}},
        "replay_webhook_calls": {"body": {}},
        "delete_webhook_endpoint": {"path_parameters": {"endpoint_id": known["gone_endpoint_id"]}},
    }
