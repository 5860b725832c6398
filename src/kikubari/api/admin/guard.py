"""The guard for editors and marketers: drafts judged, its rules, how strict, what it did."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import groupby
from typing import Annotated, Any

import msgspec
from litestar import Request, get, post, put
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter

from kikubari.api.authentication import requires
from kikubari.api.contracts import Services
from kikubari.decide.guard import (
    CaseVerdict,
    Guard,
    GuardPolicy,
    Level,
    Softer,
    StoredGuardPolicy,
    judge_words,
    list_rules,
    soften,
    tell,
    tell_all,
)
from kikubari.measure import GuardTally

Text = Annotated[str, msgspec.Meta(max_length=20_000)]
Label = Annotated[str, msgspec.Meta(max_length=100)]
Days = Annotated[int, QueryParameter(ge=1, le=366)]
BroadcastName = Annotated[str, QueryParameter(max_length=100)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Version = Annotated[int | None, QueryParameter(ge=1, le=2**31 - 1)]
_MOST_EXAMPLES = 3


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


class BlockVerdict(CaseVerdict, frozen=True, kw_only=True):
    """What the guard says of one block.

    Attributes:
        softer: what to change in its words so that nothing is found in them, all of it, in order.
            Empty where that is left to the author.
    """

    softer: tuple[Softer, ...] = ()


class GuardAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """One verdict for each block and each case, in order."""

    blocks: list[BlockVerdict]
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


class GuardExample(msgspec.Struct, frozen=True, kw_only=True):
    """One message a rule objected to; `about` is the fact or the words it meant."""

    message_id: str
    broadcast_id: str
    subject: str
    about: str


class GuardRuleReport(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule did, in all and by broadcast."""

    rule: str
    n_blocked: int
    n_held: int
    n_warned: int
    by_broadcast: list[GuardTally]
    examples: list[GuardExample]


class GuardReport(msgspec.Struct, frozen=True, kw_only=True):
    """What the guard did in the last days; rules that objected most come first."""

    days: int
    rules: list[GuardRuleReport]


@post("/guard/check", guards=[requires("write")], sync_to_thread=True, status_code=200)
def check_words(services: NamedDependency[Services], data: JSONBody[GuardQuestion]) -> GuardAnswer:
    """Judge words while they are written, as strictly as the shop wants; nothing is stored."""
    guard = Guard(services.guard_policies.get().policy)
    blocks = [_judge_block(guard, one, data) for one in data.blocks]
    cases = tell_all(guard, msgspec.json.encode(data.cases))
    return GuardAnswer(blocks=blocks, cases=cases)


def _judge_block(guard: Guard, block: DraftWords, asked: GuardQuestion) -> BlockVerdict:
    about = {"channel": asked.channel, "purpose": asked.purpose}
    told = tell(block.id, judge_words(guard, block.text, **about))
    softer = soften(guard, block.text, **about) if told.verdict is not Level.OK else ()
    return BlockVerdict(**msgspec.structs.asdict(told), softer=softer)


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


@get("/guard/policy", guards=[requires("read")], sync_to_thread=True)
def get_guard_policy(services: NamedDependency[Services]) -> StoredGuardPolicy:
    """Return how much stricter than the rules the shop is; settings left out are the rules'."""
    return services.guard_policies.get()


@put("/guard/policy", guards=[requires("admin")], sync_to_thread=True)
def set_guard_policy(
    request: Request[Any, Any, Any],
    services: NamedDependency[Services],
    data: JSONBody[GuardPolicy],
) -> StoredGuardPolicy:
    """Put a policy in force for every message judged from now on; it may only be stricter."""
    return services.guard_policies.set(data, at=services.clock.now(), by=request.user.name)


@get("/guard/policy/versions", guards=[requires("read")], sync_to_thread=True)
def list_guard_policies(
    services: NamedDependency[Services], before: Version = None, limit: Limit = 50
) -> list[StoredGuardPolicy]:
    """List the policies there were, newest first, with who put them in force and when."""
    return services.guard_policies.list_versions(before=before, limit=limit)


@get("/guard/report", guards=[requires("read")], sync_to_thread=True)
def report_guard(
    services: NamedDependency[Services], days: Days = 30, broadcast: BroadcastName = ""
) -> GuardReport:
    """Say what the guard stopped and what went in spite of a warning, by rule, with examples."""
    since = services.clock.now() - timedelta(days=days)
    tallies = services.guard_tallies.count(
        since,
        blocking=_answering(services, Level.BLOCK),
        holding=_answering(services, Level.HOLD),
        broadcast_id=broadcast,
    )
    by_rule = groupby(sorted(tallies, key=_rule_of), key=_rule_of)
    rules = [_report(services, rule, list(group)) for rule, group in by_rule]
    rules.sort(key=lambda one: (-one.n_blocked - one.n_held, -one.n_warned, one.rule))
    return GuardReport(days=days, rules=rules)


def _answering(services: Services, level: Level) -> list[str]:
    """Return the rules that may answer so, by themselves or because the shop is stricter."""
    set_by_shop = services.guard_policies.get().policy.levels
    return [
        rule_id
        for rule_id, rule in list_rules().items()
        if level in rule.levels or set_by_shop.get(rule_id) is level
    ]


def _rule_of(tally: GuardTally) -> str:
    return tally.rule


def _report(services: Services, rule: str, tallies: Sequence[GuardTally]) -> GuardRuleReport:
    return GuardRuleReport(
        rule=rule,
        n_blocked=sum(one.n_blocked for one in tallies),
        n_held=sum(one.n_held for one in tallies),
        n_warned=sum(one.n_warned for one in tallies),
        by_broadcast=list(tallies),
        examples=_examples(services, rule, tallies),
    )


def _examples(services: Services, rule: str, tallies: Iterable[GuardTally]) -> list[GuardExample]:
    """Return messages that still say what they were; those of people erased since do not."""
    found: list[GuardExample] = []
    for tally in tallies:
        for message_id in tally.message_ids:
            if len(found) == _MOST_EXAMPLES:
                return found
            record = services.outbox.find_record(message_id)
            if record is not None:
                about = next((told for one, told in record.guard.about if one == rule), "")
                found.append(
                    GuardExample(
                        message_id=message_id,
                        broadcast_id=tally.broadcast_id,
                        subject=record.subject,
                        about=about,
                    )
                )
    return found


guard_handlers = [
    check_words,
    list_guard_rules,
    get_guard_policy,
    set_guard_policy,
    list_guard_policies,
    report_guard,
]
