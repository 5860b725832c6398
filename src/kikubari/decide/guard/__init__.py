"""The guard: judges every message by rules on facts, words, moment and gain.

`Guard.judge` takes a `Message` (words, the facts it uses, what is known about the moment) and
returns a `Verdict`: ok, warn, hold or block, the rules that object and what to change.
"""

from kikubari.decide.guard.cases import Case, CaseVerdict, Told, read_cases, tell, tell_all
from kikubari.decide.guard.contracts import (
    Context,
    FactOfUse,
    Finding,
    Level,
    Message,
    Sensitivity,
    Verdict,
    Words,
)
from kikubari.decide.guard.copy_check import list_telling_lines
from kikubari.decide.guard.drafts import judge_words
from kikubari.decide.guard.guard import Guard, list_rules
from kikubari.decide.guard.policies import GuardPolicies, StoredGuardPolicy
from kikubari.decide.guard.policy import (
    LAW,
    GuardPolicy,
    LooserThanLawError,
    check_policy,
    read_policy,
)
from kikubari.decide.guard.rendered import (
    NO_SIGNAL,
    OBJECTED_PROFILING,
    GuardNote,
    Moment,
    Standing,
    message_of,
    note_of,
)
from kikubari.decide.guard.rules.rule import Rule
from kikubari.decide.guard.selection import list_selecting, with_lineage
from kikubari.decide.guard.softer import Softer, soften
from kikubari.decide.guard.vocabulary import is_special_category, sensitivity_of_name

__all__ = [
    "LAW",
    "NO_SIGNAL",
    "OBJECTED_PROFILING",
    "Case",
    "CaseVerdict",
    "Context",
    "FactOfUse",
    "Finding",
    "Guard",
    "GuardNote",
    "GuardPolicies",
    "GuardPolicy",
    "Level",
    "LooserThanLawError",
    "Message",
    "Moment",
    "Rule",
    "Sensitivity",
    "Softer",
    "Standing",
    "StoredGuardPolicy",
    "Told",
    "Verdict",
    "Words",
    "check_policy",
    "is_special_category",
    "judge_words",
    "list_rules",
    "list_selecting",
    "list_telling_lines",
    "message_of",
    "note_of",
    "read_cases",
    "read_policy",
    "sensitivity_of_name",
    "soften",
    "tell",
    "tell_all",
    "with_lineage",
]
