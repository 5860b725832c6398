"""Why an item is recommended, in a sentence that claims no more than what is known."""

from babel import Locale

from kikubari.decide.recommend.contracts import Grounds, Reason

_TERRITORIES = {language: Locale(language).territories for language in ("ja", "en")}
_RECENT_DAYS = 14
_PLAIN: dict[Reason, tuple[str, str]] = {
    Reason.BUY_AGAIN: ("以前にお買い上げいただいた商品です", "You have bought this before"),
    Reason.BOUGHT_TOGETHER: (
        "ほかの商品とよく一緒に選ばれています",
        "Often bought together with other products",
    ),
    Reason.SIMILAR_CUSTOMERS: (
        "近いお買い物をされたお客様が選んでいます",
        "Chosen by customers whose purchases are like yours",
    ),
    Reason.TRENDING: ("最近選ばれることが増えています", "More people are buying this lately"),
    Reason.POPULAR: ("よく選ばれている商品です", "Popular in this shop"),
    Reason.VIEWED: ("以前ご覧になった商品です", "You have looked at this before"),
    Reason.FAVOURITE: ("お気に入りに入っています", "You saved this as a favourite"),
    Reason.IN_CART: ("カートに入っています", "This is in your cart"),
    Reason.COMPARED: ("比較リストに入っています", "You put this on your compare list"),
    Reason.SIMILAR: ("よく似た商品です", "A similar product"),
    Reason.BOUGHT_NEXT: ("次によく選ばれる商品です", "Often chosen next"),
    Reason.LIKE_INTEREST: ("ご関心に近い商品です", "Like what you showed interest in"),
    Reason.WITH_INTEREST: (
        "ご関心のある商品とよく一緒に選ばれています",
        "Often bought with what you showed interest in",
    ),
    Reason.SOMETHING_NEW: ("まだお試しになっていない商品です", "Something you have not tried yet"),
    Reason.ABOUT_BOUGHT: ("お買い上げの商品にまつわる読みものです", "About what you bought"),
    Reason.ABOUT_INTEREST: (
        "ご関心のある商品にまつわる読みものです",
        "About what you showed interest in",
    ),
    Reason.TO_READ: ("お店の読みものです", "Something to read"),
}
# What somebody did with a thing: before it in Japanese, after it in English, and without its name.
_INTERESTS: dict[Reason, tuple[str, str, str]] = {
    Reason.VIEWED: ("ご覧になった", "you looked at", "what you looked at"),
    Reason.FAVOURITE: ("お気に入りの", "you saved", "what you saved"),
    Reason.IN_CART: ("カートの", "is in your cart", "what is in your cart"),
    Reason.COMPARED: ("比較リストの", "you compared", "what you compared"),
}

# Of what is to be read.
_READING = frozenset({Reason.ABOUT_BOUGHT, Reason.ABOUT_INTEREST, Reason.TO_READ})
_BOUGHT = ("お買い上げいただいた", "which you bought")
_ABOUT: dict[Reason | None, tuple[str, str]] = {
    Reason.VIEWED: ("ご覧になった", "which you looked at"),
    Reason.FAVOURITE: ("お気に入りの", "of which you saved something"),
    Reason.IN_CART: ("カートにある", "of which something is in your cart"),
    Reason.COMPARED: ("比較された", "of which you compared something"),
}


def reason_sentence(reason: Grounds, language: str) -> str:
    """Return a short sentence without a full stop.

    Args:
        reason: what the sentence rests on; what is None in it is not spoken of.
        language: Japanese for ``ja…``, else English.
    """
    told = _to_read(reason) if reason.code in _READING else _told(reason)
    ja, en = told or _PLAIN[reason.code]
    return ja if language.lower().startswith("ja") else en


def _told(reason: Grounds) -> tuple[str, str] | None:
    """Return the sentence with its facts, in Japanese and English; None when they are missing."""
    match reason.code:
        case Reason.LIKE_INTEREST | Reason.WITH_INTEREST if reason.interest in _INTERESTS:
            return _by_interest(reason)
        case Reason.BOUGHT_TOGETHER | Reason.BOUGHT_NEXT | Reason.SIMILAR if reason.seed_title:
            return _beside(
                reason.code, reason.seed_title_ja or reason.seed_title, reason.seed_title
            )
        case Reason.VIEWED if reason.days_since is not None and reason.days_since <= _RECENT_DAYS:
            return "最近ご覧になった商品です", "You looked at this recently"
        case Reason.BUY_AGAIN if reason.usual_days is not None:
            days = reason.usual_days
            every = f"every {days} days" if days > 1 else "every day"
            return (
                f"約{days}日ごとにお買い上げいただいている商品です",
                f"You buy this about {every}",
            )
        case Reason.TRENDING | Reason.POPULAR if reason.place:
            ja, en = (place_name(reason.place, language) for language in _TERRITORIES)
            if reason.code is Reason.POPULAR:
                return f"{ja}でよく選ばれています", f"Popular in {en}"
            return (
                f"{ja}で最近選ばれることが増えています",
                f"More people in {en} are buying this lately",
            )
        case Reason.POPULAR | Reason.SOMETHING_NEW if reason.category:
            return _of_category(reason.code, reason.category_ja or reason.category, reason.category)
    return None


def _by_interest(reason: Grounds) -> tuple[str, str]:
    """Return the sentence on what goes out from a thing that was viewed or saved, not bought."""
    did_ja, did_en, what_en = _INTERESTS[reason.interest or Reason.VIEWED]
    title = reason.seed_title
    ja = f"{did_ja}「{reason.seed_title_ja or title}」" if title else f"{did_ja}商品"
    en = f"{title}, which {did_en}" if title else what_en
    if reason.code is Reason.LIKE_INTEREST:
        return f"{ja}に似た商品です", f"Like {en}"
    return f"{ja}と一緒によく選ばれています", f"Often bought with {en}"


def _to_read(reason: Grounds) -> tuple[str, str] | None:
    """Return the sentence on what is about a category they care for, or has just come out."""
    if reason.code is Reason.TO_READ:
        is_new = reason.days_since is not None and reason.days_since <= _RECENT_DAYS
        return ("新しい読みものです", "New to read") if is_new else None
    did = _BOUGHT if reason.code is Reason.ABOUT_BOUGHT else _ABOUT.get(reason.interest)
    if not reason.category or did is None:
        return None
    en = reason.category.split(" > ")[-1]
    ja = (reason.category_ja or en).split(" > ")[-1]
    return f"{did[0]}{ja}にまつわる読みものです", f"About {en}, {did[1]}"


def _beside(code: Reason, ja: str, en: str) -> tuple[str, str]:
    if code is Reason.BOUGHT_TOGETHER:
        return f"「{ja}」と一緒によく選ばれています", f"Often bought with {en}"
    if code is Reason.BOUGHT_NEXT:
        return f"「{ja}」の次によく選ばれています", f"Often chosen after {en}"
    return f"「{ja}」に似た商品です", f"Similar to {en}"


def _of_category(code: Reason, ja: str, en: str) -> tuple[str, str]:
    if code is Reason.POPULAR:
        return f"{ja}でよく選ばれています", f"Popular in {en}"
    return (
        f"よくお選びの{ja}から、まだお試しでない商品です",
        f"From {en}, which you like: something you have not tried yet",
    )


def place_name(place: str, language: str) -> str:
    """Return a country's name by its code; a prefecture or region is called as the shop does."""
    return str(_TERRITORIES[language].get(place, place))
