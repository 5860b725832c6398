"""Who makes journeys may choose an endpoint by its name, and learns nothing else of it."""

ADDRESS = "https://93.184.216.34/calls?token=secret"


def key(api, scopes):
    made = api.post("/api/keys", {"name": "editor", "scopes": scopes})
    return api.stranger(authorization=f"Bearer {made['secret']}")


def test_an_editor_sees_names_alone(api):
    made = api.post("/api/webhooks", {"name": "The till", "url": ADDRESS, "types": []})
    with key(api, ["read", "write"]) as editor:
        assert editor.get("/api/webhooks").status_code == 403
        names = editor.get("/api/webhooks/names").raise_for_status()
    (found,) = [one for one in names.json() if one["name"] == "The till"]
    assert found == {"id": made["endpoint"]["id"], "name": "The till", "is_enabled": True}
    assert "93.184" not in names.text
    with key(api, ["read"]) as reader:
        assert reader.get("/api/webhooks/names").status_code == 403
