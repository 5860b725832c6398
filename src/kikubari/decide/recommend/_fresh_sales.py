"""How items sell now, between one learning and the next: what rankings weigh is kept current."""

from dataclasses import replace

import numpy as np

from kikubari.decide.recommend._selling import describe_items
from kikubari.decide.recommend.learned import Learned, Lesson
from kikubari.decide.recommend.purchases import DAY_US, pack


def with_sales_of(learned: Learned, lesson: Lesson) -> Learned:
    """Return what was learned, its items described by the purchases of a lesson.

    Args:
        learned: what serves; items that it does not know stay unknown until it is learned anew.
        lesson: all standing purchases as of now.
    """
    codes = np.array([learned.code_of.get(name, -1) for name in lesson.items], dtype=np.int32)
    item = codes[lesson.item]
    kept = np.flatnonzero(item >= 0)
    if not len(kept):
        return learned
    at_us = lesson.at_us[kept]
    epoch_day = int(at_us.min() // DAY_US)
    known = pack(
        lesson.customer[kept],
        item[kept],
        at_us / DAY_US - epoch_day,
        n_customers=int(lesson.customer.max()) + 1,
        n_items=len(learned.items),
        epoch_day=epoch_day,
        end_day=lesson.end_us / DAY_US - epoch_day,
    )
    about_items = describe_items(known, learned.snapshot.horizon_days)
    return replace(learned, snapshot=replace(learned.snapshot, about_items=about_items))
