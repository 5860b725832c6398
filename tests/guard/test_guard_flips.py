"""One thing in the context gone wrong changes the verdict, and nothing that is no wrong does."""

from copy import deepcopy
from itertools import pairwise

from guard_cases import judge, own_rows

GOOD = [row for row in own_rows() if row["expected"] == "ok"]
RANKS = {"ok": 0, "warn": 1, "hold": 2, "block": 3}
BUZZES = {"push", "sms", "line", "whatsapp"}
PLAIN = {"basic", "preference", "contact", "transactional"}
ADDRESS = {"name", "first_name", "last_name", "name_kana", "language"}
ACTS = ("click", "wishlist", "saved", "registry", "alert")


def _is_marketing(row):
    return row["context"]["purpose"] == "marketing"


def _learnt(row):
    return [
        use
        for use in row["uses"]
        if use["provenance"] != "declared" and use["attribute"] not in ADDRESS
    ]


def _profiled(row):
    return [use for use in _learnt(row) if not any(act in use["attribute"] for act in ACTS)]


def _is_profiled(row):
    return _is_marketing(row) and any(
        use["provenance"] != "declared" or use["category"] not in PLAIN
        for use in row["uses"]
        if use["attribute"] not in ADDRESS
    )


def _asks_back(row):
    return "?" in row["message_excerpt"] or "ますか" in row["message_excerpt"]


def _gives(row):
    context = row["context"]
    return (context["customer_value"], context["marketer_value"]) == ("high", "low")


def _first_attribute(row):
    return row["uses"][0]["attribute"]


# name: whom it concerns, what is changed, the least that must come of it.
VIOLATIONS = {
    "consent": (_is_marketing, lambda r: {"channel_consent": False}, "block"),
    "suppressed": (lambda r: True, lambda r: {"suppressed": True}, "block"),
    "deceased": (lambda r: True, lambda r: {"privacy_signal": "deceased"}, "block"),
    "complained": (_is_marketing, lambda r: {"privacy_signal": "complained"}, "block"),
    "alignment": (lambda r: True, lambda r: {"sender_auth": "fail"}, "block"),
    "style": (lambda r: True, lambda r: {"sender_style": "fake_thread"}, "block"),
    "night": (
        lambda r: _is_marketing(r) and r["channel"] in BUZZES,
        lambda r: {"local_time": "23:30"},
        "hold",
    ),
    "night_mail": (
        lambda r: _is_marketing(r) and r["channel"] == "email",
        lambda r: {"local_time": "04:30"},
        "warn",
    ),
    "zone": (
        lambda r: _is_marketing(r) and r["channel"] in BUZZES | {"email"},
        lambda r: {"tz_known": False},
        "warn",
    ),
    "cap": (_is_marketing, lambda r: {"sent_7d": 9}, "hold"),
    "twice": (_is_marketing, lambda r: {"same_content_24h": 2}, "warn"),
    "asks": (lambda r: _is_marketing(r) and not _gives(r), lambda r: {"gives_last5": 0}, "warn"),
    "complaint": (_is_marketing, lambda r: {"open_issue": True}, "block"),
    "checkout": (_is_marketing, lambda r: {"journey_stage": "checkout"}, "hold"),
    "leaving": (_is_marketing, lambda r: {"intent": "cancel_account"}, "hold"),
    "minor": (
        _is_profiled,
        lambda r: {"recipient_age": "minor"},
        "block",
    ),
    "objection": (
        lambda r: _is_marketing(r) and _profiled(r),
        lambda r: {"privacy_signal": "objected_profiling"},
        "block",
    ),
    "gpc": (
        lambda r: _is_marketing(r) and _profiled(r),
        lambda r: {"privacy_signal": "gpc"},
        "block",
    ),
    "why": (lambda r: _is_marketing(r) and _learnt(r), lambda r: {"why_link": False}, "warn"),
    "special": (
        lambda r: _is_marketing(r) and "health" in (r["context"]["explicit_consent"] or []),
        lambda r: {"explicit_consent": []},
        "block",
    ),
    "trust": (
        lambda r: _is_marketing(r) and r["uses"],
        lambda r: {"collected_for": {_first_attribute(r): "fraud_check"}},
        "block",
    ),
    "stale": (
        lambda r: r["uses"] and not _asks_back(r),
        lambda r: {"data_age_days": {_first_attribute(r): 2000}},
        "warn",
    ),
    "crowd": (lambda r: True, lambda r: {"group_size": 12}, "block"),
    "occasion": (
        lambda r: True,
        lambda r: {"occasion": "easter", "occasion_optout": ["easter"]},
        "block",
    ),
    "claim": (lambda r: True, lambda r: {"claims": {"stock": 2}, "facts": {"stock": 400}}, "block"),
}


def test_a_violation_changes_the_verdict():
    flipped, total, kept = 0, 0, []
    for name, (concerns, change, least) in VIOLATIONS.items():
        for row in filter(concerns, GOOD):
            bad = deepcopy(row)
            bad["context"].update(change(row))
            (verdict,) = judge([bad])
            total += 1
            if RANKS[verdict.level.value] >= RANKS[least]:
                flipped += 1
            else:
                kept.append((name, row["id"], verdict.level.value))
    assert total > 900
    assert flipped / total >= 0.95, kept
    assert not [one for one in kept if VIOLATIONS[one[0]][2] == "block"], kept


def test_better_circumstances_never_make_a_verdict_worse():
    better = {
        "channel_consent": True,
        "why_link": True,
        "tz_known": True,
        "local_time": "11:00",
        "sent_7d": 0,
        "gives_last5": 5,
        "customer_value": "high",
        "same_content_24h": 1,
    }
    rows = own_rows()
    improved = [{**row, "context": {**row["context"], **better}} for row in rows]
    for before, after in zip(judge(rows), judge(improved), strict=True):
        assert after.level.rank <= before.level.rank


def test_more_distant_provenance_never_makes_a_verdict_better():
    order = ["declared", "observed", "inferred", "third_party"]
    for row in own_rows():
        for index, use in enumerate(row["uses"]):
            for nearer, farther in pairwise(order):
                if use["provenance"] != nearer:
                    continue
                worse = deepcopy(row)
                worse["uses"][index]["provenance"] = farther
                before, after = judge([row, worse])
                assert after.level.rank >= before.level.rank, (row["id"], farther)
