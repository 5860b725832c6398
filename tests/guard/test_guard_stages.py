"""Stages and intents are named by each shop: what somebody is doing is read from the words."""

import json

import pytest
from guard_cases import FOLDER, judge

PAYING = [
    *("at_checkout", "CheckoutStarted", "placing_order", "purchase_in_progress", "entering_card"),
    *("at_till", "payment_page", "completing_purchase", "billing_details"),
    *("決済中", "レジ", "注文手続き", "会計", "お支払い"),
]
LEAVING = [
    *("cancel_flow", "unsubscribing", "offboarding", "churn_flow", "terminating"),
    *(
        "account_closure",
        "deleting_account",
        "ending_contract",
        "opting_out",
        "quitting",
        "pausing_subscription",
    ),
    *("解約手続き中", "退会", "キャンセル", "休会"),
]
SEEKING_HELP = [
    *("live_chat", "chat_with_agent", "customer_service", "helpdesk", "contact_us", "case_open"),
    *("get_help", "troubleshooting", "fault_report", "reporting_problem", "return_flow", "repair"),
    *("サポート対応中", "チャット相談", "修理", "交換", "お問い合わせ"),
]
FREE = [
    *("browsing", "none", "", "post_purchase", "onboarding", "considering", "support_closed"),
    *("ticket_resolved", "returning_customer", "loyal", "supporter", "cancellation_reversed"),
    *("checkout_completed", "browse_help_articles", "解約済", "購入済", "サポート完了"),
]


def verdict_on(**moment: str) -> str:
    everyday = json.loads((FOLDER / "context.json").read_text())
    row = {
        "id": "stage",
        "channel": "email",
        "message_excerpt": "New spring jackets.",
        "context": {**everyday, **moment},
    }
    return str(judge([row])[0].level.value)


@pytest.mark.parametrize("field", ["journey_stage", "intent"])
@pytest.mark.parametrize("stage", [*PAYING, *LEAVING, *SEEKING_HELP])
def test_who_is_paying_leaving_or_seeking_help_is_left_to_it(field, stage):
    assert verdict_on(**{field: stage}) == "hold"


@pytest.mark.parametrize("field", ["journey_stage", "intent"])
@pytest.mark.parametrize("stage", FREE)
def test_who_is_done_or_looking_round_may_hear_of_something(field, stage):
    assert verdict_on(**{field: stage}) == "ok"
