"""What was learned is kept in a file of numbers, and is the same when it is read again."""

import zipfile
from dataclasses import replace

import numpy as np
import pytest

from kikubari.decide.recommend._array_files import UNREADABLE
from kikubari.decide.recommend._candidates import FEATURES
from kikubari.decide.recommend._cascade import Cascade
from kikubari.decide.recommend._ranker import Ranker
from kikubari.decide.recommend.contracts import Mode
from kikubari.decide.recommend.learned import Lesson, learn
from kikubari.decide.recommend.learned_files import load, save

DAY_US = 86_400_000_000


@pytest.fixture(scope="module")
def learned():
    """A small shop, and nets that weigh features, whether or not they are better there."""
    draw = np.random.default_rng(4)
    customer = np.repeat(np.arange(400, dtype=np.int32), 30)
    likes = (customer * 7) % 60
    item = np.where(draw.random(len(customer)) < 0.7, likes, draw.integers(0, 60, len(customer)))
    found, _ = learn(
        Lesson(
            customer=customer,
            item=item.astype(np.int32),
            at_us=(draw.random(len(customer)) * 300 * DAY_US).astype(np.int64),
            items=tuple(f"鉄瓶 {number}" for number in range(60)),
            end_us=300 * DAY_US,
            seed=1,
        )
    )
    shape = (len(FEATURES),)
    net = [
        draw.normal(size=size).astype(np.float32) for size in ((*shape, 4), (4,), (4,), shape, (1,))
    ]
    ranker = Ranker(np.zeros(shape, np.float32), np.ones(shape, np.float32), [net, net])
    cascades = {Mode.ALL: Cascade(ranker, ranker.scaled(np.float32(0.5)))}
    cascades[Mode.NEW] = Cascade(ranker, None)
    return replace(
        found,
        blends={mode: replace(one, ranker=cascades[mode]) for mode, one in found.blends.items()},
    )


def scores(learned, mode):
    row, item = np.zeros(2, dtype=np.int64), np.array([3, 8], dtype=np.int32)
    day = np.array([100, 200], dtype=np.float32)
    found = learned.snapshot.find_by_history(row, item, day, 1, mode)
    return found.item, learned.blends[mode].score(found)


def test_what_is_read_again_ranks_as_before(learned, tmp_path):
    save(learned, tmp_path / "one.npz")
    again = load(tmp_path / "one.npz")
    assert again.items == learned.items
    assert again.code_of == learned.code_of
    for mode in Mode:
        for one, other in zip(scores(learned, mode), scores(again, mode), strict=True):
            np.testing.assert_array_equal(one, other)
        assert again.blends[mode].trials == learned.blends[mode].trials
    for item in range(len(learned.items)):
        assert again.goes_with.of(item) == learned.goes_with.of(item)
        assert again.next_after.of(item) == learned.next_after.of(item)


def test_nothing_in_the_file_can_run(learned, tmp_path):
    save(learned, tmp_path / "one.npz")
    with zipfile.ZipFile(tmp_path / "one.npz") as file:
        for name in file.namelist():
            with file.open(name) as one:
                np.lib.format.read_array(one, allow_pickle=False)


def test_a_damaged_file_is_no_file(learned, tmp_path):
    path = tmp_path / "one.npz"
    save(learned, path)
    whole = path.read_bytes()
    for damaged in (b"", whole[: len(whole) // 2], b"\x80\x04." + whole[:100]):
        path.write_bytes(damaged)
        with pytest.raises(UNREADABLE):
            load(path)
