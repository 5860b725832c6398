"""Why a category or a search is suggested, in a sentence that claims no more than is known."""

from kikubari.decide.recommend.sentences import place_name
from kikubari.decide.recommend.suggestions import Suggestion, SuggestionKind, SuggestionReason

_CATEGORIES = {
    SuggestionReason.BOUGHT: ("お買い上げのあるカテゴリーです", "You have bought from here"),
    SuggestionReason.SAVED: ("保存された商品のカテゴリーです", "You saved something from here"),
    SuggestionReason.VIEWED: ("ご覧になった商品のカテゴリーです", "You looked at things from here"),
    SuggestionReason.POPULAR: ("よく選ばれているカテゴリーです", "Popular in this shop"),
}
_DID = {
    SuggestionReason.BOUGHT: ("お買い上げの", "you have bought from"),
    SuggestionReason.SAVED: ("保存された", "you saved something from"),
    SuggestionReason.VIEWED: ("ご覧になった", "you looked at"),
}


def suggestion_sentence(one: Suggestion, language: str) -> str:
    """Return a short sentence without a full stop.

    Args:
        one: what is suggested.
        language: Japanese for ``ja…``, else English.
    """
    is_ja = language.lower().startswith("ja")
    if one.kind is SuggestionKind.CATEGORIES and one.place is not None:
        place = place_name(one.place, "ja" if is_ja else "en")
        return f"{place}でよく選ばれているカテゴリーです" if is_ja else f"Popular in {place}"
    if one.kind is SuggestionKind.CATEGORIES:
        return _CATEGORIES[one.reason][0 if is_ja else 1]
    if one.category is None or one.reason not in _DID:
        return "よく検索されている言葉です" if is_ja else "Often searched for in this shop"
    did_ja, did_en = _DID[one.reason]
    en = one.category.split(" > ")[-1]
    if is_ja:
        ja = (one.category_ja or en).split(" > ")[-1]
        return f"{did_ja}「{ja}」の商品に、多くの方がこの言葉でたどり着いています"
    return f"Leads many people to {en}, which {did_en}"
