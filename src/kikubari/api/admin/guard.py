"""The guard for editors: are these words, or this case, out of place?"""

from typing import Annotated, Any

import msgspec
from litestar import get, post
from litestar.params import JSONBody

from kikubari.api.authentication import requires
from kikubari.decide.guard import CaseVerdict, Guard, judge_words, list_rules, tell, tell_all

Text = Annotated[str, msgspec.Meta(max_length=20_000)]
Label = Annotated[str, msgspec.Meta(max_length=100)]


class DraftWords(msgspec.Struct, frozen=True):
    """The words of one block, or of the subject, as their author wrote them."""

    id: Label
    text: Text


class GuardQuestion(msgspec.Struct, frozen=True, kw_only=True):
    """What to judge: words block by block, or whole cases as `kikubari guard check` takes them."""

    channel: Label = "email"
    purpose: Label = "marketing"
    blocks: Annotated[list[DraftWords], msgspec.Meta(max_length=300)] = []
    cases: Annotated[list[dict[str, Any]], msgspec.Meta(max_length=1000)] = []


class GuardAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict for each block and each case, in order."""

    blocks: list[CaseVerdict]
    cases: list[CaseVerdict]


class GuardRule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule in words. `levels` is what it may answer."""

    id: str
    levels: list[str]
    reason_ja: str
    reason_en: str
    mend_ja: str
    mend_en: str
    basis: str


@post("/guard/check", guards=[requires("write")], sync_to_thread=True, status_code=200)
def check_words(data: JSONBody[GuardQuestion]) -> GuardAnswer:
    """Judge words while they are written; nothing is stored."""
    guard = Guard()
    blocks = [
        tell(one.id, judge_words(guard, one.text, channel=data.channel, purpose=data.purpose))
        for one in data.blocks
    ]
    cases = tell_all(guard, msgspec.json.encode(data.cases))
    return GuardAnswer(blocks=blocks, cases=cases)


@get("/guard/rules", guards=[requires("read")], sync_to_thread=True)
def list_guard_rules() -> list[GuardRule]:
    """List the rules of the guard."""
    return [
        GuardRule(
            id=rule_id,
            levels=[level.value for level in rule.levels],
            reason_ja=rule.reason.ja,
            reason_en=rule.reason.en,
            mend_ja=rule.mend.ja,
            mend_en=rule.mend.en,
            basis=rule.basis,
        )
        for rule_id, rule in list_rules().items()
    ]


guard_handlers = [check_words, list_guard_rules]
