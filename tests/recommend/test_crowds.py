"""Who did something with what is like a product, where the copy moves between two looks at it."""

import numpy as np

from kikubari.decide.recommend._crowd import gather
from kikubari.decide.recommend._kin_rows import ACTIVITY, LINES
from kikubari.decide.recommend.kin import Deed, Kin
from kikubari.decide.recommend.statements import key_of

KIN = Kin(("kettle",), np.array([0.9]), np.array([0.8]))


class Rows:
    """Deeds as of one instant, activity as of a later one."""

    def __init__(self, people, activity) -> None:
        self.people, self.activity = people, activity

    def read_lines(self, items):
        lines = [(one, key_of("kettle"), Deed.BOUGHT, 1.0, 0) for one in self.people]
        return np.array(lines, dtype=LINES)

    def read_activity(self):
        return np.array(self.activity, dtype=ACTIVITY)


def test_who_is_somebody_else_by_the_second_look_has_no_activity():
    activity = [(9, 0.0, 4.0), (2, 1.0, 2.0)]
    crowd = gather(Rows([2, 5, 9, 12], activity), KIN, {})
    assert crowd.numbers.tolist() == [2, 5, 9, 12]
    assert crowd.seen.tolist() == [1.0, 0.0, 0.0, 0.0]
    assert crowd.rest.tolist() == [2.0, 0.0, 4.0, 0.0]
    assert gather(Rows([2], []), KIN, {}).rest.tolist() == [0.0]
