"""What somebody is in the middle of, by the words that shops have for stages and intents.

Names are the shop's own: `at_checkout`, `live_chat`, `解約手続き中`. They are read by what they
speak of: paying, leaving, seeking help or giving back, and whether that is over.
"""

import re

# What was the matter is over. 済 ends what was done, and is half of the word for settling a bill.
_SETTLED = re.compile(
    r"\b(?:resolved|settled|solved|closed|done|completed?|finished|handled|after|post|no open"
    r"|reversed|revoked|undone|averted)\b"
    r"|解決|完了|(?<!決)済"
)
_TROUBLE = re.compile(
    r"\b(?:complain\w*|refund\w*|dispute\w*|chargeback|claim|damaged|broken)\b"
    r"|苦情|返金|クレーム|故障|不具合"
)
_PAYING = (
    r"\b(?:check ?out|checking out|paying|payment|till|cash desk|billing"
    r"|(?:plac|confirm|complet|finish|finali[sz]|submit|enter)\w* (?:an? |the |their |your )?"
    r"(?:orders?|purchase|booking|card|address|details)"
    r"|(?:order|purchase|booking|transaction) (?:in progress|ongoing|pending|started|form))\b"
    r"|購入手続|注文手続|支払|決済|会計|レジ"
)
_LEAVING = (
    r"\b(?:cancel\w*|unsubscrib\w*|terminat\w*|off ?board\w*|opt(?:ing)? out|quit\w*|leav(?:e|ing)"
    r"|downgrad\w*|churn(?:ing| flow| page)|exit (?:flow|survey|interview)"
    r"|(?:clos|delet|remov|deactivat)\w* (?:an? |the |their )?(?:account|profile|membership)"
    r"|account (?:closure|deletion|removal|deactivation)"
    r"|end(?:ing|s)? (?:the |their )?(?:contract|membership|plan|subscription|trial)"
    r"|(?:paus|suspend|freez|stopp)\w* (?:the |their )?(?:account|membership|plan|subscription))\b"
    r"|解約|退会|キャンセル|休会|脱退"
)
_SEEKING_HELP = (
    r"\b(?:support|ticket|help ?desk|help (?:cent(?:re|er)|request)|(?:live|agent|service) chat"
    r"|chat(?:ting)? with (?:an? |the |us)?\w*|contact(?:ing)? (?:us|the shop|agent|care)"
    r"|customer (?:service|care)|service (?:request|call|case)|case open|open case"
    r"|call ?cent(?:re|er)"
    r"|(?:seek|need|ask|wait|request|get)\w* (?:for )?help|troubleshoot\w*"
    r"|(?:fault|problem|issue|bug) (?:report\w*|open)"
    r"|report\w* (?:an? |the )?(?:fault|problem|issue|bug)"
    r"|repairs?|repairing)\b|^help$"
    r"|問い?合わ?せ|サポート|相談|修理"
)
_GIVING_BACK = (
    r"\breturns?\b(?! (?:visit\w*|customer|buyer|user|guest))"
    r"|\breturning (?:an?|the|items?|orders?|goods|parcels?|products?|purchase)\b|\bexchange\b"
    r"|返品|交換"
)
_OCCUPIED = re.compile(f"{_PAYING}|{_LEAVING}|{_SEEKING_HELP}|{_GIVING_BACK}")


def is_in_trouble(stage: str) -> bool:
    """Say whether a stage or an intent, in plain words, speaks of what went wrong and still is."""
    return _is_open(_TROUBLE, stage)


def is_occupied(stage: str) -> bool:
    """Say whether it speaks of paying, leaving, seeking help or giving back, and is not over."""
    return _is_open(_OCCUPIED, stage)


def _is_open(matter: re.Pattern[str], stage: str) -> bool:
    return matter.search(stage) is not None and _SETTLED.search(stage) is None
