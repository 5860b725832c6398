"""Classes guessed from names and values, in English and Japanese."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kikubari.collect import (
    AttributeKind,
    BuiltInClasses,
    ClassBasis,
    PiiClass,
    Sensitivity,
    classify_name,
    find_sensitivity,
)
from kikubari.collect.governance.classification import classify
from kikubari.events import IDENTIFYING_TRAITS


@pytest.mark.parametrize(
    ("name", "pii"),
    [
        ("email", PiiClass.CONTACT),
        ("workEmail", PiiClass.CONTACT),
        ("billing-email-address", PiiClass.CONTACT),
        ("電話番号", PiiClass.CONTACT),
        ("ご住所", PiiClass.CONTACT),
        ("lastName", PiiClass.IDENTIFYING),
        ("氏名", PiiClass.IDENTIFYING),
        ("名前", PiiClass.IDENTIFYING),
        ("マイナンバー", PiiClass.IDENTIFYING),
        ("credit_card_number", PiiClass.IDENTIFYING),
        ("birthday", PiiClass.QUASI),
        ("dateOfBirth", PiiClass.QUASI),
        ("生年月日", PiiClass.QUASI),
        ("郵便番号", PiiClass.QUASI),
        ("gender", PiiClass.QUASI),
        ("favourite_category", PiiClass.NONE),
        ("plan_name", PiiClass.NONE),
        ("email_opt_in", PiiClass.CONTACT),
        ("loyalty_tier", PiiClass.NONE),
        ("page", PiiClass.NONE),
        ("storage_age_limit", PiiClass.NONE),
    ],
)
def test_pii_by_name(name: str, pii: PiiClass):
    assert classify_name(name).pii is pii


def test_a_property_called_name_is_a_thing_and_a_trait_called_name_a_person():
    assert classify_name("name", AttributeKind.PROPERTY).pii is PiiClass.NONE
    assert classify_name("products[].name", AttributeKind.PROPERTY).pii is PiiClass.NONE
    assert classify_name("name", AttributeKind.TRAIT).pii is PiiClass.IDENTIFYING
    assert classify_name("shipping.last_name", AttributeKind.PROPERTY).pii is PiiClass.IDENTIFYING


@pytest.mark.parametrize("name", sorted(IDENTIFYING_TRAITS))
def test_whatever_the_copy_leaves_out_is_personal(name: str):
    assert classify_name(name).pii in {PiiClass.CONTACT, PiiClass.IDENTIFYING}


@pytest.mark.parametrize(
    ("text", "category", "is_proxy"),
    [
        ("has_diabetes", Sensitivity.HEALTH, False),
        ("アレルギー", Sensitivity.HEALTH, False),
        ("妊娠週数", Sensitivity.HEALTH, False),
        ("maternity_wear", Sensitivity.HEALTH, True),
        ("religion", Sensitivity.RELIGION, False),
        ("信仰", Sensitivity.RELIGION, False),
        ("halal", Sensitivity.RELIGION, True),
        ("ethnicity", Sensitivity.ETHNICITY, False),
        ("国籍", Sensitivity.ETHNICITY, True),
        ("supportsPoliticalParty", Sensitivity.POLITICS, False),
        ("sexual_orientation", Sensitivity.SEXUALITY, False),
        ("労働組合", Sensitivity.UNION, False),
        ("指紋データ", Sensitivity.BIOMETRICS, False),
        ("前科", Sensitivity.CRIMINAL, False),
        ("child_birthday", Sensitivity.MINORS, False),
        ("子供の人数", Sensitivity.MINORS, False),
        # Words that only look alike.
        ("party_size", Sensitivity.NONE, False),
        ("traceId", Sensitivity.NONE, False),
        ("screen_orientation", Sensitivity.NONE, False),
        ("reunion", Sensitivity.NONE, False),
        ("bracelet", Sensitivity.NONE, False),
        ("devotee_votes_cast", Sensitivity.POLITICS, False),
    ],
)
def test_special_categories(text: str, category: Sensitivity, is_proxy: bool):
    assert find_sensitivity(text) == (category, is_proxy)


@pytest.mark.parametrize(
    ("values", "pii"),
    [
        (["hanako@example.jp", "taro@example.jp"], PiiClass.CONTACT),
        (["090-1234-5678", "+81 90 1234 5678"], PiiClass.CONTACT),
        (["150-0001", "〒530-0001"], PiiClass.QUASI),
        (["192.0.2.7", "198.51.100.3"], PiiClass.QUASI),
        (["4111 1111 1111 1111"], PiiClass.IDENTIFYING),
        (["4111 1111 1111 1112"], PiiClass.NONE),  # the check digit is wrong
        (["85123A", "22423"], PiiClass.NONE),
        (["2026-11-22", "2026-01-01"], PiiClass.NONE),
    ],
)
def test_formats_of_values(values: list[str], pii: PiiClass):
    found = classify("field_7", AttributeKind.TRAIT, values)
    assert found.pii is pii
    assert found.basis is (ClassBasis.NOTHING if pii is PiiClass.NONE else ClassBasis.FORMAT)


def test_a_sensitive_shelf_makes_a_list_of_interests_telling():
    found = classify("interests", AttributeKind.TRAIT, [], choices=["tea", "妊娠・出産", "lamps"])
    assert (found.sensitivity, found.is_proxy) == (Sensitivity.HEALTH, True)
    assert found.basis is ClassBasis.VALUES


def test_values_never_make_a_class_milder():
    assert classify("email", AttributeKind.TRAIT, ["85123A"]).pii is PiiClass.CONTACT


@given(st.text(max_size=60))
def test_any_name_has_a_class(name: str):
    found = BuiltInClasses().find(name)
    assert (found.basis is ClassBasis.NOTHING) == (
        found.pii is PiiClass.NONE and found.sensitivity is Sensitivity.NONE
    )
