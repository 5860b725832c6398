"""What questions about everybody and about some people took, to choose the cheaper one."""

# What a restricted query costs before any was measured.
_FIRST_MS_A_PERSON = 0.02
_RESTRICTED_MS = 5.0


class Costs:
    """Of one question, in milliseconds as they were measured."""

    def __init__(self) -> None:
        self.whole_ms = 0.0
        self._ms_a_person = _FIRST_MS_A_PERSON

    def is_cheaper_whole(self, n_people: int) -> bool:
        """Say whether asking about everybody costs less than about so many people."""
        return _RESTRICTED_MS + n_people * self._ms_a_person > self.whole_ms

    def note_restricted(self, n_people: int, ms: float) -> None:
        """Take in what asking about so many people took."""
        latest = max(0.0, ms - _RESTRICTED_MS) / n_people
        self._ms_a_person = 0.7 * self._ms_a_person + 0.3 * latest
