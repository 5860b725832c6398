"""The guard for people at a terminal."""

from collections.abc import Sequence

from kikubari.decide.guard import CaseVerdict, Guard, Rule, list_rules, tell_all


def judge_cases(body: bytes) -> Sequence[CaseVerdict]:
    """Return what the guard says of each case of a JSON file.

    Raises:
        InvalidInputError: a case is not as it should be; the message names it and the place.
    """
    return tell_all(Guard(), body)


def guard_rules() -> dict[str, Rule]:
    """Return all rules by id."""
    return dict(list_rules())
