"""Why am I getting this? True, short, in the reader's language."""

from datetime import UTC, datetime

import pytest

from kikubari.decide.guard import FactOfUse
from kikubari.decide.personalise import FactUse, Lineage, Provenance, Use
from kikubari.decide.reason import (
    MARK,
    Basis,
    ReasonLine,
    ReasonLinks,
    build_reason,
    place_reason,
    rests_on_more_than_told,
)

AT = datetime(2026, 5, 3, 20, 0, tzinfo=UTC)
LINKS = ReasonLinks("https://m.example/p?a=1&b=2", "https://m.example/u")
LINE = ReasonLine("Because <you> asked.", "Correct", "Stop")


def use(path, provenance=Provenance.OBSERVED, kind=Use.PRINTED):
    return FactUse(path=f"customer.{path}", use=kind, lineage=Lineage(provenance=provenance))


def use_of(path):
    lineage = Lineage(provenance=Provenance.OBSERVED)
    return FactUse(path=path, use=Use.PRINTED, lineage=lineage)


def test_consent_is_told_with_day_and_place_as_the_reader_counts_days():
    basis = Basis(consented_at=AT, consent_source="checkout", topic="Tea")
    assert build_reason(basis, [], language="en").text == (
        "You get this because you agreed to our e-mails about Tea on May 3, 2026 (at checkout)."
    )
    assert build_reason(basis, [], language="ja-JP", zone="Asia/Tokyo").text == (
        "2026年5月4日に購入手続きで「Tea」のお知らせの受け取りに同意いただいたため、お送りしています。"
    )


def test_a_topic_that_is_called_news_is_not_called_so_twice():
    told = build_reason(Basis(topic="お店からのお知らせ"), [], language="ja").text
    assert told == "「お店からのお知らせ」の受け取りに同意いただいたため、お送りしています。"


def test_what_is_not_known_is_not_said():
    told = build_reason(Basis(consent_source="src_0192"), [], language="en").text
    assert told == "You get this because you agreed to our e-mails."


def test_facts_are_told_by_where_they_are_from():
    facts = [
        use("city", Provenance.DECLARED),
        use("favourite_category"),
        use("favourite_category_products[0].title"),
        use("style", Provenance.INFERRED),
        use("first_name", Provenance.DECLARED),
        use("income", kind=Use.ABSENT),
    ]
    assert build_reason(Basis(is_marketing=False), facts, language="en").text == (
        "You get this because it concerns something you ordered or asked for. It is based on"
        " what you told us (your city), what you did with us (the category you buy most) and"
        " what we guess (style)."
    )


def test_an_act_without_a_name_is_not_said_twice():
    chosen = [
        FactOfUse(attribute="event_count:Quiz Taken", provenance=Provenance.OBSERVED),
        FactOfUse(attribute="event_count:Order Completed", provenance=Provenance.OBSERVED),
    ]
    one, both = (
        [
            build_reason(Basis(), [], language=language, chosen_by=some).text
            for language in ("ja", "en")
        ]
        for some in (chosen[:1], chosen)
    )
    assert "内容は当店でのご利用をもとに" in one[0]
    assert one[1].endswith("It is based on what you did with us.")
    assert "内容は当店でのご利用（ご購入の履歴）をもとに" in both[0]
    assert both[1].endswith("It is based on what you did with us (what you bought).")


def test_what_let_somebody_in_is_told_in_words_for_people():
    began = [use_of("trigger.products"), use_of("trigger.order_id")]
    told = build_reason(Basis(), [*began, use("last_staff", Provenance.DECLARED)], language="en")
    assert told.text.endswith("what you told us (who served you) and what you did with us.")
    beside = build_reason(Basis(), [*began, use_of("cart.products")], language="ja").text
    assert "内容は当店でのご利用（カートの中身）をもとに" in beside
    opened = FactOfUse(attribute="event_count:Preorder Opened", provenance=Provenance.OBSERVED)
    assert "bought" not in build_reason(Basis(), [], language="en", chosen_by=[opened]).text


def test_what_concerns_an_order_offers_a_choice_not_a_stop():
    service, news = (
        build_reason(Basis(is_marketing=is_news), [], language="en") for is_news in (False, True)
    )
    assert (service.stop, news.stop) == ("Choose what reaches you", "Stop these messages")


def test_unknown_provenance_is_told_as_a_guess():
    assert "guess (taste)" in build_reason(Basis(), [use("taste", None)], language="en").text


def test_the_person_as_a_whole_is_no_fact():
    whole = FactUse(path="customer", use=Use.CONSULTED)
    name = use("first_name", Provenance.DECLARED)
    assert "customer" not in build_reason(Basis(), [whole, name], language="ja").text
    assert not rests_on_more_than_told([whole])


def test_many_facts_stay_one_sentence():
    told = build_reason(Basis(), [use(name) for name in "abcdef"], language="en").text
    assert "a, b, c and 3 more" in told
    told = build_reason(Basis(), [use(name) for name in "いろはにほへ"], language="ja").text
    assert "い・ろ・はなど6項目" in told


@pytest.mark.parametrize(
    ("key", "en", "ja"),
    [
        ("petName", "pet name", "その他の情報"),
        ("favourite-tea_shop", "favourite tea shop", "その他の情報"),
        ("好きな色", "other details", "好きな色"),
        ("custom_field_12", "other details", "その他の情報"),
        ("life_stage.dog", "what stage you are at", "今のご状況"),
        ("predicted_purchases", "what you may buy", "ご購入の見込み"),
        ("predicted_best_hour", "when you tend to read our e-mails", "ご覧になる時間帯"),
    ],
)
def test_a_trait_is_called_by_words_of_the_readers_language(key, en, ja):
    for language, words in (("en", en), ("ja", ja)):
        told = build_reason(Basis(), [use(key)], language=language).text
        assert f"({words})" in told or f"（{words}）" in told


def test_every_mark_is_replaced_and_markup_is_escaped():
    fixed = "<p>fixed</p>"
    placed = place_reason(
        [fixed, f"<p>{MARK}</p></body>"], f"Hi\n{MARK}", LINE, LINKS, is_appended=True
    )
    assert placed.html[0] is fixed
    assert "".join(placed.html).count("Because &lt;you&gt; asked.") == 1
    assert 'href="https://m.example/p?a=1&amp;b=2"' in placed.html[1]
    assert placed.text.startswith("Hi\nBecause <you> asked.\nCorrect: https://m.example/p?a=1&b=2")
    assert MARK not in "".join(placed.html) + placed.text


@pytest.mark.parametrize("pieces", [["<body>a</body>"], ["<body>a", "</BODY ></html>"], ["a"]])
def test_an_unasked_reason_stands_at_the_end_of_the_body(pieces):
    placed = place_reason(pieces, "Hi", LINE, LINKS, is_appended=True)
    whole = "".join(placed.html)
    assert whole.index("a") < whole.index("asked.")
    assert "</p></body" in whole.lower() or whole.endswith("</p>")
    assert placed.text.endswith("Stop: https://m.example/u\n")


def test_nothing_is_added_that_is_not_due():
    placed = place_reason(["<body>a</body>"], "Hi", LINE, LINKS, is_appended=False)
    assert placed.html == ["<body>a</body>"]
    assert placed.text == "Hi"


@pytest.mark.parametrize(
    ("attribute", "en", "ja"),
    [
        ("event_count:Order Completed tea", "what you bought", "ご購入の履歴"),
        ("event_count:Product Viewed", "what you looked at", "ご覧になった商品"),
        ("event_count:Product Added", "your basket", "カートの中身"),
        ("city", "your city", "市区町村"),
    ],
)
def test_what_chose_the_person_is_told_too(attribute, en, ja):
    chosen = [FactOfUse(attribute=attribute, provenance=Provenance.OBSERVED)]
    told = {
        language: build_reason(Basis(), [], language=language, chosen_by=chosen).text
        for language in ("en", "ja")
    }
    assert f"what you did with us ({en})" in told["en"]
    assert ja in told["ja"]


def test_what_chose_and_what_is_printed_is_told_once():
    chosen = [FactOfUse(attribute="city", provenance=Provenance.DECLARED)]
    told = build_reason(
        Basis(), [use("city", Provenance.DECLARED)], language="en", chosen_by=chosen
    ).text
    assert told.count("your city") == 1


@pytest.mark.parametrize(
    ("ground", "en", "ja"),
    [
        ("viewed", "what you looked at", "ご覧になった商品"),
        ("purchases", "what you bought", "ご購入の履歴"),
        ("favourites", "your wish list", "お気に入り"),
        ("cart", "your basket", "カートの中身"),
        ("compared", "your compare list", "比較リスト"),
    ],
)
def test_what_is_recommended_is_told_by_what_it_rests_on(ground, en, ja):
    facts = [
        FactUse(
            path=f"recommended.{ground}[0].title",
            use=Use.PRINTED,
            lineage=Lineage(provenance=Provenance.OBSERVED),
        )
    ]
    assert build_reason(Basis(), facts, language="en").text.endswith(
        f"It is based on what you did with us ({en})."
    )
    assert f"（{ja}）" in build_reason(Basis(), facts, language="ja").text
    assert rests_on_more_than_told(facts)
