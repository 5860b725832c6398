"""A shop of eight customers, as the files its owner has. Expectations are worked out by hand."""

import json
from pathlib import Path
from typing import Any

CUSTOMERS_JA = """\
顧客ID,メールアドレス,姓,名,都道府県,language
J1,taro@example.jp,山田,太郎,東京都,ja
J2,hanako@example.jp,佐藤,花子,大阪府,ja
J3,ryo@example.jp,高橋,涼,京都府,ja
"""
CUSTOMERS_EN = """\
customer_id,email,first_name,last_name,country,language,timezone
E1,grace@example.com,Grace,Hopper,GB,en,Europe/London
E2,alan@example.com,Alan,Turing,GB,en,no such zone
E3,,Ada,Lovelace,GB,en,
E4,gone@example.com,Mary,Shelley,GB,en,
E5,silent@example.com,Jane,Austen,GB,en,
"""
PRODUCTS = """\
product_id,name,category,price,currency
P1,Teapot,tea,1200,JPY
P2,Cup,tea,800,JPY
P3,Lamp,light,2500,JPY
"""
ORDERS = """\
order_id,customer_id,order_date,product_id,category,quantity,price,currency
O1,J1,2025-01-10T10:00:00Z,P1,tea,1,1200,JPY
O2,J1,2025-06-10T10:00:00Z,P3,light,1,2500,JPY
O3,J2,2025-02-01T10:00:00Z,P2,tea,2,800,JPY
O4,J3,2025-02-02T10:00:00Z,P2,tea,1,800,JPY
O5,E1,2025-01-05T10:00:00Z,P1,tea,1,1200,JPY
O5,E1,2025-01-05T10:00:00Z,P2,tea,1,800,JPY
O6,E1,2025-03-05T10:00:00Z,P3,light,1,2500,JPY
O7,E2,2025-01-06T10:00:00Z,P1,tea,1,1200,JPY
O8,E3,2025-01-07T10:00:00Z,P1,tea,1,1200,JPY
O9,E4,2025-01-08T10:00:00Z,P1,tea,1,1200,JPY
O10,E5,2025-01-09T10:00:00Z,P3,light,1,2500,JPY
"""
# J3 said no, E2 took it back, E5 never said anything. J2 agrees to mail, not to being watched.
CONSENTS = """\
customer_id,purpose,channel,status,wording_version,source,proof,at
J1,marketing,email,granted,v2,sign-up form,box ticked,2025-01-10T09:00:00Z
J1,tracking,email,granted,v2,sign-up form,box ticked,2025-01-10T09:00:00Z
J2,marketing,email,granted,v2,sign-up form,box ticked,2025-02-01T09:00:00Z
J3,marketing,email,denied,v2,sign-up form,box left empty,2025-02-02T09:00:00Z
E1,marketing,email,granted,v2,sign-up form,box ticked,2025-01-05T09:00:00Z
E1,tracking,email,granted,v2,sign-up form,box ticked,2025-01-05T09:00:00Z
E2,marketing,email,granted,v2,sign-up form,box ticked,2025-01-06T09:00:00Z
E2,marketing,email,withdrawn,v2,account page,button,2025-04-01T09:00:00Z
E3,marketing,email,granted,v2,sign-up form,box ticked,2025-01-07T09:00:00Z
E4,marketing,email,granted,v2,sign-up form,box ticked,2025-01-08T09:00:00Z
"""
SUPPRESSIONS = """\
email,reason,at
gone@example.com,hard_bounce,2025-05-01T00:00:00Z
"""
EVENTS = [
    {"event": "Product Viewed", "userId": user, "timestamp": at, "messageId": f"view-{index}",
     "properties": {"product_id": product, "category": category}}
    for index, (user, at, product, category) in enumerate([
        ("J1", "2025-06-01T10:00:00Z", "P3", "light"),
        ("J2", "2025-06-02T10:00:00Z", "P1", "tea"),
        ("E1", "2025-06-03T10:00:00Z", "P3", "light"),
        ("E5", "2025-06-04T10:00:00Z", "P3", "light"),
    ])
]  # fmt: skip

EVERYBODY = {"J1", "J2", "J3", "E1", "E2", "E3", "E4", "E5"}
AGREED = {"J1", "J2", "E1"}
MAILED = {"J1": "taro@example.jp", "J2": "hanako@example.jp", "E1": "grace@example.com"}
NOT_MAILED = {
    "J3": "no_consent", "E2": "no_consent", "E5": "no_consent",
    "E3": "no_address", "E4": "suppressed",
}  # fmt: skip

BOUGHT_TWICE = {
    "type": "event_count", "event": "Order Completed", "count": {"at_least": 2}
}  # fmt: skip
LIGHT_BUYERS = {
    "type": "event_count", "event": "Order Completed", "count": {"at_least": 1},
    "where": [{"on": "any_item", "where": [
        {"field": "category", "test": {"type": "is", "value": "light"}}]}],
}  # fmt: skip
AGREES = {"type": "consent", "purpose": "marketing", "channel": "email", "status": "granted"}
SAW_LIGHT_UNBOUGHT = {"type": "all", "of": [
    {"type": "event_count", "event": "Product Viewed", "count": {"at_least": 1},
     "where": [{"on": "column", "column": "category", "test": {"type": "is", "value": "light"}}]},
    {"type": "not", "of": BOUGHT_TWICE},
]}  # fmt: skip

BROADCAST: dict[str, Any] = {
    "name": "Autumn news",
    "segment": {"type": "event_count", "event": "Order Completed", "count": {"at_least": 1}},
    "sender": {"from_address": "shop@example.com", "from_name": "きくばり商店"},
    "template": {
        "default_language": "en",
        "variants": {
            language: {
                "subject": subject,
                "mjml": "<mjml><mj-body><mj-section><mj-column>"
                f"<mj-text>{greeting}</mj-text>"
                '<mj-button href="https://shop.example/autumn">Look</mj-button>'
                '<mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>'
                "</mj-column></mj-section></mj-body></mjml>",
            }
            for language, subject, greeting in (
                (
                    "en",
                    "{{ customer.first_name }}, autumn is here",
                    "Hello {{ customer.first_name }}",
                ),
                (
                    "ja",
                    "{{ customer.last_name }}様、秋の新しい茶器と季節のあかりのご案内です",
                    "{{ customer.last_name }} {{ customer.first_name }}様",
                ),
            )
        },
    },
}
SUBJECTS = {
    "J1": "山田様、秋の新しい茶器と季節のあかりのご案内です",
    "J2": "佐藤様、秋の新しい茶器と季節のあかりのご案内です",
    "E1": "Grace, autumn is here",
}


def write_files(folder: Path) -> list[tuple[str, Path, int]]:
    """Write the shop's files; return kind, path and number of messages of each."""
    folder.mkdir(parents=True, exist_ok=True)
    contents = [
        ("products", "products.csv", PRODUCTS.encode(), 3),
        ("customers", "kokyaku.csv", CUSTOMERS_JA.encode("cp932"), 3),
        ("customers", "customers.csv", CUSTOMERS_EN.encode("utf-8-sig"), 5),
        ("orders", "orders.csv", ORDERS.encode(), 10),
        ("consents", "consents.csv", CONSENTS.encode(), 10),
        ("suppressions", "suppressions.csv", SUPPRESSIONS.encode(), 1),
        ("events", "events.jsonl", "\n".join(map(json.dumps, EVENTS)).encode(), 4),
    ]
    for _, name, data, _ in contents:
        (folder / name).write_bytes(data)
    return [(kind, folder / name, count) for kind, name, _, count in contents]


def write_json(path: Path, value: Any) -> str:
    path.write_text(json.dumps(value), encoding="utf-8")
    return str(path)
