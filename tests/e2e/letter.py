"""A broadcast for everybody who agreed, of the plainest kind."""

from typing import Any

BROADCAST: dict[str, Any] = {
    "name": "Letter",
    "segment": {
        "type": "consent",
        "purpose": "marketing",
        "channel": "email",
        "status": "granted",
    },
    "sender": {"from_address": "news@shop.example"},
    "template": {
        "default_language": "en",
        "variants": {
            "en": {
                "subject": "Hello",
                "html": '<p>Hello</p><p><a href="{{ unsubscribe_url }}">Stop</a></p>',
            }
        },
    },
}
