"""What facts and sources of consent are called in front of the person they are about."""

import re
from collections.abc import Mapping
from functools import lru_cache

# Forms of address need no explanation.
_UNTOLD = frozenset({"name", "first_name", "last_name", "language", "locale", "title", "timezone"})
ANY_ACT = ("当店でのご利用", "how you used our shop")
_LABELS: Mapping[str, tuple[str, str]] = {
    # What let somebody into a journey is told by the facts that chose them, where there are any.
    "trigger": ANY_ACT,
    "favourite_category": ("よくご購入のカテゴリー", "the category you buy most"),
    "favourite_category_ja": ("よくご購入のカテゴリー", "the category you buy most"),
    "favourite_category_products": ("よくご購入のカテゴリー", "the category you buy most"),
    "order_count": ("ご注文の回数", "how often you ordered"),
    "days_since_order": ("前回のご注文日", "when you last ordered"),
    "first_order_at": ("最初のご注文日", "when you first ordered"),
    "last_order_at": ("前回のご注文日", "when you last ordered"),
    "last_order": ("前回のご注文", "your last order"),
    "total_spent": ("ご購入金額", "how much you bought"),
    "cart": ("カートの中身", "your basket"),
    "favourites": ("お気に入り", "your wish list"),
    "compared": ("比較リスト", "your compare list"),
    "saved": ("保存された商品", "what you saved"),
    "place": ("お住まいの地域", "where you live"),
    "purchases": ("ご購入の履歴", "what you bought"),
    "viewed": ("ご覧になった商品", "what you looked at"),
    "birthday": ("お誕生日", "your birthday"),
    "reminder_on": ("ご登録の日付", "the date you saved"),
    "gender": ("性別", "your gender"),
    "city": ("市区町村", "your city"),
    "prefecture": ("都道府県", "your prefecture"),
    "country": ("国", "your country"),
    "postal_code": ("郵便番号", "your postal code"),
    "last_store": ("ご利用の店舗", "the store you visited"),
    "last_staff": ("担当者", "who served you"),
    "favourite_store": ("よくご利用の店舗", "your usual store"),
    "member_rank": ("会員ランク", "your membership level"),
    "points": ("ポイント残高", "your points"),
    "phone": ("お電話番号", "your phone number"),
    "address": ("ご住所", "your address"),
    "age": ("ご年齢", "your age"),
    "company": ("お勤め先", "your company"),
    "life_stage": ("今のご状況", "what stage you are at"),
    "preferred_hour": ("ご希望の時間帯", "the hour you chose"),
    "predicted_best_hour": ("ご覧になる時間帯", "when you tend to read our e-mails"),
    "predicted_best_weekday": ("ご覧になる曜日", "when you tend to read our e-mails"),
    "predicted_category": ("お好みのカテゴリー", "the category you like most"),
    "predicted_category_share": ("お好みのカテゴリー", "the category you like most"),
    "predicted_discount_share": ("割引のご利用", "how you use discounts"),
}
_PREDICTED = ("ご購入の見込み", "what you may buy")
# What a shop calls its own traits is written for machines: keys with digits, or of another
# language, name nothing to the person.
_OTHER = ("その他の情報", "other details")
_BETWEEN_WORDS = re.compile(r"[\W_]+|(?<=[a-z])(?=[A-Z])")
# What choosing people by an event or kind of condition looks at.
_ACTS: Mapping[str, tuple[str, str]] = {
    "preorder opened": ANY_ACT,  # the shop's doing, no purchase
    "order": ("ご購入の履歴", "what you bought"),
    "checkout": ("ご購入のお手続き", "your checkout"),
    "cart": ("カートの中身", "your basket"),
    "product added": ("カートの中身", "your basket"),
    "wishlist": ("お気に入り", "your wish list"),
    "product": ("ご覧になった商品", "what you looked at"),
    "search": ("検索された言葉", "what you searched for"),
    "store": ("ご来店", "your visits to our store"),
    "email": ("メールのご利用", "how you used our e-mails"),
    "rfm": ("ご購入の履歴", "what you bought"),
    "prediction": ("ご購入の見込み", "what you may buy"),
    "runs_low": ("ご購入の見込み", "what you may buy"),
}
_SOURCES: Mapping[str, tuple[str, str]] = {
    "checkout": ("購入手続き", "at checkout"),
    "signup": ("会員登録", "when you signed up"),
    "form": ("登録フォーム", "in a form"),
    "subscription_form": ("登録フォーム", "in our subscription form"),
    "preference_page": ("配信設定ページ", "on your preference page"),
    "preference_centre": ("配信設定ページ", "on your preference page"),
    "store": ("店舗", "in our store"),
    "phone": ("お電話", "by phone"),
    "import": ("", ""),
}


@lru_cache(maxsize=1024)
def label_of(path: str, *, is_ja: bool) -> str:
    """Return what the fact at a path is called; empty for what needs no explanation."""
    # What was recommended is told by what it rests on.
    below = path.removeprefix("customer.").removeprefix("recommended.")
    name = re.split(r"[.\[]", below)[0]
    # The person as a whole, as a form of address reads them, is no fact; its parts are recorded.
    if name in _UNTOLD or name in {"", "customer"}:
        return ""
    known = _LABELS.get(name)
    if known is None and name.startswith("predicted_"):
        known = _PREDICTED
    if known is None:
        words = " ".join(_BETWEEN_WORDS.split(name)).strip()
        if _is_readable(words, is_ja=is_ja):
            return words if is_ja else words.lower()
        known = _OTHER
    return known[0] if is_ja else known[1]


def _is_readable(words: str, *, is_ja: bool) -> bool:
    """Say whether the words of a trait's key mean something to readers of a language."""
    return not any(one.isdigit() for one in words) and words.isascii() is not is_ja


@lru_cache(maxsize=1024)
def label_of_choice(attribute: str, *, is_ja: bool) -> str:
    """Return what the fact that chose a person is called: a trait's name, or ``kind:words``."""
    kind, colon, words = attribute.partition(":")
    if not colon:
        return label_of(attribute, is_ja=is_ja)
    told = f"{words} {kind}".lower()
    found = next((label for word, label in _ACTS.items() if word in told), ANY_ACT)
    return found[0] if is_ja else found[1]


def source_label(source: str, *, is_ja: bool) -> str:
    """Return where a consent was given; empty where that would say nothing to the person."""
    ja, en = _SOURCES.get(source.lower().replace(" ", "_").replace("-", "_"), ("", ""))
    return ja if is_ja else en
