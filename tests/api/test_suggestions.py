"""Categories and searches for a customer: what many looked for, with reasons that hold."""

from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from own_installation import served_alone

N_SEARCHING = 21
PRODUCTS = {
    "sug-tent": ("Tunnel tent", "Tents", {}),
    "sug-lamp": ("Camping lamp", "Lamps", {}),
    "sug-test": ("Discreet kit", "Kits", {"sensitive_class": "health"}),
}


@pytest.fixture(scope="module")
def api(tmp_path_factory):
    """An installation nobody asked for anything yet: searches are counted once an hour."""
    with served_alone(tmp_path_factory, "suggestions") as running:
        yield running


@pytest.fixture(scope="module")
def shop(api):
    """A shop where many search for tents and kits, and few for a lamp by a name."""
    key = api.post("/api/sources", {"name": "suggestions"})["write_key"]

    def track(person, event, minutes, **properties):
        at = datetime.now(UTC) - timedelta(minutes=minutes)
        return {"type": "track", "userId": person, "event": event, "timestamp": at.isoformat(),
                "properties": properties}  # fmt: skip

    def send(batch):
        with api.stranger() as stranger:
            for begin in range(0, len(batch), 100):
                body = {"batch": batch[begin : begin + 100]}
                stranger.post("/v1/batch", json=body, auth=(key, "")).raise_for_status()
        api.settle()

    minutes = count(300, 2)

    def searches(person, words, product):
        before = next(minutes)
        return [
            track(person, "Products Searched", before, query=words),
            track(person, "Product Viewed", before - 1, product_id=product),
        ]

    stated = [
        track("catalogue", "Kikubari Product Updated", 500, product_id=name, title=title,
              category=category, stock=5, price=10, currency="GBP", **more)
        for name, (title, category, more) in PRODUCTS.items()
    ]  # fmt: skip
    many = [
        event
        for number in range(N_SEARCHING)
        for words, product in (
            (" Light TENT ", "sug-tent"),
            ("discreet help", "sug-test"),
            ("call 555 123 99", "sug-lamp"),
        )
        for event in searches(f"sug-{number}", words, product)
    ]
    few = [
        event
        for number in range(N_SEARCHING - 2)
        for event in searches(f"sug-{number}", "lamp of jane doe", "sug-lamp")
    ]
    # Ever anew, one person is one.
    alone = [event for _ in range(30) for event in searches("sug-0", "only mine", "sug-tent")]
    known = {"type": "identify", "userId": "sug-viewer",
             "traits": {"email": "sug-viewer@shop.example"}}  # fmt: skip
    agreed = {"purpose": "marketing", "channel": "email", "status": "granted"}
    viewer = [
        known,
        track("sug-viewer", "Kikubari Consent Changed", 70, **agreed),
        track("sug-viewer", "Product Viewed", 60, product_id="sug-tent"),
    ]
    send([*stated, *many, *few, *alone, *viewer])
    api.wait(lambda: ask(api, "categories", "sug-viewer"))
    return send, track


def ask(api, kind, person):
    return api.post("/api/recommendations/suggestions", {"profile": person, "kind": kind})


def test_categories_are_those_of_what_somebody_did_and_never_too_telling(api, shop):
    [own] = [one for one in ask(api, "categories", "sug-viewer") if one["name"] == "Tents"]
    assert own["reason"] == "viewed"
    assert own["en"] == "You looked at things from here"
    assert own["ja"] == "ご覧になった商品のカテゴリーです"
    assert "Kits" not in {one["name"] for one in ask(api, "categories", "sug-1")}
    send, track = shop
    send([track("sug-viewer", "Recommendation Dismissed", 0, category="Tents")])
    api.wait(lambda: not ask(api, "categories", "sug-viewer"))
    send([track("sug-viewer", "Recommendation Restored", 0, category="Tents")])


def test_only_what_many_people_searched_for_is_shown(api, shop):
    api.wait(lambda: ask(api, "searches", "sug-viewer"))
    found = ask(api, "searches", "sug-viewer")
    assert [one["name"] for one in found] == ["light tent"]
    assert found[0]["en"] == "Leads many people to Tents, which you looked at"
    everybody = {one["name"] for one in ask(api, "searches", "sug-1")}
    assert "light tent" in everybody
    assert not everybody & {"discreet help", "lamp of jane doe", "only mine", "call 555 123 99"}


def test_of_who_objects_to_profiling_nothing_is_used(api, shop):
    person = api.get("/api/profiles/sug-2/facts")["id"]
    assert {one["reason"] for one in ask(api, "categories", "sug-2")} == {"viewed"}
    api.run("rights", "limit", person, "profiling", "--reason", "asked")
    for kind in ("categories", "searches"):
        assert {one["reason"] for one in ask(api, kind, "sug-2")} <= {"popular"}


def test_the_command_tells_the_same(api, shop):
    told = api.json("recommend", "suggestions", "sug-1", "--kind", "searches")
    assert [one["name"] for one in told] == ["light tent"]
    assert "Tents" in api.run("recommend", "suggestions", "sug-1", "--ja").stdout


def preview(api, language, variant):
    """Return the letter that the viewer of a tent would get."""
    [person] = api.get("/api/people", q="sug-viewer@shop.example")["people"]
    draft = {
        "name": "Where to look next",
        "segment": {"type": "consent", "purpose": "marketing", "channel": "email",
                    "status": "granted"},
        "sender": {"from_address": "news@shop.example"},
        "template": {"default_language": language, "variants": {language: variant}},
    }  # fmt: skip
    return api.post(f"/api/drafts/preview?profile_id={person['id']}", draft)


@pytest.mark.parametrize(
    ("language", "lines"),
    [
        (
            "en",
            (
                "Tents: You looked at things from here",
                "light tent: Leads many people to Tents, which you looked at",
            ),
        ),
        (
            "ja",
            (
                "Tents: ご覧になった商品のカテゴリーです",
                "light tent: ご覧になった「Tents」の商品に、多くの方がこの言葉でたどり着いています",
            ),
        ),
    ],
)
def test_a_letter_shows_them_with_their_reasons(api, shop, language, lines):
    api.wait(lambda: ask(api, "categories", "sug-viewer"))
    api.wait(lambda: ask(api, "searches", "sug-viewer"))
    lists = "".join(
        f"{{% recommend '{kind}' %}}{{% for item in items %}}<p>{{{{ item.title }}}}: "
        "{{ item.reason }}</p>{% endfor %}{% endrecommend %}"
        for kind in ("categories", "searches")
    )
    html = f'{lists}<p>{{{{ reason }}}}</p><a href="{{{{ unsubscribe_url }}}}">x</a>'
    mail = preview(api, language, {"subject": "s", "html": html})
    for line in lines:
        assert f"<p>{line}</p>" in mail["html"]
        assert line in mail["text"]
    told = mail["text"].partition(lines[-1])[2]
    assert ("ご覧になった商品" if language == "ja" else "what you looked at") in told


def test_a_block_shows_a_category_as_words_that_lead_nowhere(api, shop):
    api.wait(lambda: ask(api, "categories", "sug-viewer"))
    block = {
        "kind": "products", "id": "p", "strategy": "categories", "shows_reason": True,
        "shows_refusal": True, "label": "See it",
    }  # fmt: skip
    footer = {"kind": "footer", "id": "foot", "lines": ["shop"]}
    mail = preview(api, "en", {"subject": "s", "blocks": {"blocks": [block, footer]}})
    assert ">Tents</div>" in mail["html"]
    assert "You looked at things from here" in mail["text"]
    for absent in ("See it", "not-for-me", 'href=""'):
        assert absent not in mail["html"]
