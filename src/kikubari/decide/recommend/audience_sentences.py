"""Why somebody is in a product's audience, for those who choose it."""

from kikubari.decide.recommend.audience import Wanting
from kikubari.decide.recommend.kin import Deed

_WORDS: dict[Deed, tuple[str, str]] = {
    Deed.BOUGHT: ("を購入", "Bought"),
    Deed.SAVED: ("をお気に入りに登録", "Saved"),
    Deed.IN_CART: ("をカートに追加", "Put into the cart:"),
    Deed.VIEWED: ("を閲覧", "Looked at"),
}


def audience_sentence(one: Wanting, language: str) -> str:
    """Return what speaks most for somebody, as a short sentence without a full stop.

    Args:
        one: of whom.
        language: Japanese for ``ja…``, else English.
    """
    product = one.product
    ja, en = _WORDS[one.deed]
    title = product.title or product.title_ja or product.product_id
    if language.lower().startswith("ja"):
        when = f"{one.days_since}日前に" if one.days_since else "今日または昨日に"
        return f"{when}「{product.title_ja or title}」{ja}"
    days = one.days_since
    when = f"{days} days ago" if days > 1 else "a day ago" if days else "within a day"
    return f"{en} {title} {when}"
