"""Single people, for the operations on them."""


def find_people(api):
    """Return the ids of the customers that the operations are on."""
    return {"profile_id": "A1", "erased_id": api.get("/api/profiles/c0")["profile"]["id"]}


def people_examples(known):
    """Query and body of the operations that need them, and ids where the usual will not do."""
    decision = {"left": "A1", "right": "A2", "reason": "one person"}
    return {
        "search_profiles": {"query": {"q": "a1"}},
        "look_up_profile": {"query": {"reference": "a1@example.com"}},
        "merge_profiles": {"body": decision},
        "unmerge_profiles": {"body": decision},
        "limit_profile": {"body": {"limit": "objection", "reason": "asked by letter"}},
        "lift_limit": {"body": {"limit": "objection"}},
        "erase_profile": {
            "path_parameters": {"profile_id": known["erased_id"]},
            "body": {"confirm": known["erased_id"], "reason": "asked"},
        },
        "recommend": {"body": {"profile": "A1", "strategy": "trending"}},
        "suggest": {"body": {"profile": "A1"}},
        "find_product_audience": {"body": {"product": "P1"}},
        "save_product_audience": {"body": {"product": "P1", "name": "For the teapot"}},
        "list_suppressions": {"query": {"address": "no@example.com"}},
        "add_suppression": {"body": {"address": "no@example.com"}},
        "remove_suppression": {"body": {"address": "no@example.com"}},
    }
