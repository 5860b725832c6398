"""A process that encodes ranges of the log, and what becomes of it."""

import multiprocessing
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from kikubari.app.copying import EncodingProcess
from kikubari.app.engines import Engines
from kikubari.app.secrets import load_instance_key
from kikubari.app.settings import Settings
from kikubari.events import EventLog, Intake, RangeEncoder, Sequencer
from kikubari.profiles import IdentityNumbering, PersonKeys
from kikubari.spec.envelope import Event, EventKind
from kikubari.spec.errors import UnavailableError

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
HALF = 3_000
LAST = 2 * HALF


class Never:
    """Stands in where encoding in place would be a mistake."""

    def encode(self, first: int, last: int, *, then: int | None = None) -> Mapping[str, bytes]:
        raise AssertionError(f"{first}-{last} was encoded in place")


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    return Settings(home=str(tmp_path_factory.mktemp("home")), currency="JPY")


@pytest.fixture(scope="module")
def encoder(settings: Settings) -> Iterator[RangeEncoder]:
    """A log of some thousand events, and the encoder in place to compare with."""
    engines = Engines(settings)
    keys = PersonKeys(load_instance_key(Path(settings.keys_folder)))
    Intake(engines.state).append(
        [
            Event(
                message_id=f"m{n}",
                kind=EventKind.TRACK,
                type="Product Viewed",
                occurred_at=NOON,
                received_at=NOON,
                source_id=1,
                user_id=f"u{n % 50}",
                properties={"product_id": f"p{n}"},
            )
            for n in range(LAST)
        ]
    ).result()
    sequencer = Sequencer(engines.state, [engines.state], IdentityNumbering(), keys)
    while sequencer.run_once().n_new:
        pass
    yield RangeEncoder(EventLog(engines.state, keys), currency="JPY")
    engines.close()


def encoders() -> list[BaseProcess]:
    return [one for one in multiprocessing.active_children() if one.name == "copy-encoder"]


def test_a_long_range_is_encoded_beside_and_a_short_one_here(
    settings: Settings, encoder: RangeEncoder
):
    beside = EncodingProcess(settings, Never())
    try:
        with pytest.raises(AssertionError, match="1-10"):
            beside.encode(1, 10)
        assert beside.encode(1, LAST) == encoder.encode(1, LAST)
    finally:
        beside.close()


def test_the_range_after_is_begun_and_another_one_can_be_asked_for(
    settings: Settings, encoder: RangeEncoder
):
    beside = EncodingProcess(settings, Never())
    try:
        for asked in ((HALF + 1, LAST), (1, LAST), (1, HALF)):
            assert beside.encode(1, HALF, then=LAST) == encoder.encode(1, HALF)
            assert beside.encode(*asked) == encoder.encode(*asked)
    finally:
        beside.close()


def test_a_process_that_dies_on_the_range_after_is_replaced(
    settings: Settings, encoder: RangeEncoder
):
    beside = EncodingProcess(settings, Never())
    try:
        beside.encode(1, HALF, then=LAST)
        (process,) = encoders()
        process.kill()
        process.join(10)
        with pytest.raises(UnavailableError):
            beside.encode(HALF + 1, LAST)
        assert beside.encode(HALF + 1, LAST) == encoder.encode(HALF + 1, LAST)
    finally:
        beside.close()
    assert not encoders()


def test_a_process_that_died_is_replaced(settings: Settings, encoder: RangeEncoder):
    beside = EncodingProcess(settings, Never())
    try:
        beside.encode(1, LAST)
        (process,) = encoders()
        process.kill()
        process.join(10)
        with pytest.raises(UnavailableError):
            beside.encode(1, LAST)
        assert beside.encode(1, LAST) == encoder.encode(1, LAST)
    finally:
        beside.close()
    assert not encoders()


def test_what_goes_wrong_there_is_raised_here(tmp_path: Path):
    beside = EncodingProcess(Settings(home=str(tmp_path)), Never())
    try:
        with pytest.raises(UnavailableError, match="could not be read"):
            beside.encode(1, LAST)  # there is no log in an empty folder
    finally:
        beside.close()
