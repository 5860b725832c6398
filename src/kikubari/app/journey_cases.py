"""Files of journeys, tried on the people of the test files beside them: no server, no data."""

from collections.abc import Mapping
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from kikubari.app.definition_files import read_file, read_segment
from kikubari.app.settings import Settings
from kikubari.journeys.cases import CaseFile, CaseShop, JourneyOutcome, try_journey
from kikubari.journeys.definition import JourneyDefinition, hint_at_kind
from kikubari.spec.conditions import Condition
from kikubari.spec.errors import InvalidInputError

TESTS = "tests"
_SEGMENTS = "segments"


def try_journeys(
    path: Path, settings: Settings, *, segments: Path | None = None
) -> list[JourneyOutcome]:
    """Return what came of the tests of a journey's file, or of all files of a folder.

    Args:
        path: of the file or folder; tests are in the folder ``tests`` beside the files.
        settings: zone and currency of tests that name none.
        segments: folder of segments' files; by default ``segments`` beside the journeys' folder.

    Raises:
        InvalidInputError: a file is not as it should be, or there is nothing to try.
    """
    files = sorted(path.glob("*.json")) if path.is_dir() else [path]
    folder = path if path.is_dir() else path.parent
    segments = segments or folder.resolve().parent / _SEGMENTS
    trees = {file.stem: read_segment(file)[1] for file in sorted(segments.glob("*.json"))}
    tests = {file: folder / TESTS / file.name for file in files}
    if not any(test.exists() for test in tests.values()):
        raise InvalidInputError(
            f"there are no tests in {folder / TESTS}",
            hint=f"Tests of a journey in NAME.json are in {TESTS}/NAME.json beside it.",
        )
    return [_try(file, test, trees, settings) for file, test in tests.items()]


def _try(
    file: Path, test: Path, segments: Mapping[str, Condition], settings: Settings
) -> JourneyOutcome:
    definition = _read_journey(file)
    told = read_file(test, CaseFile) if test.exists() else None
    shop = CaseShop(
        segments=segments,
        zone=_zone(test, (told and told.zone) or settings.timezone),
        currency=(told and told.currency) or settings.currency,
    )
    return try_journey(definition, told.cases if told else (), journey_id=file.stem, shop=shop)


def _read_journey(file: Path) -> JourneyDefinition:
    try:
        return read_file(file, JourneyDefinition)
    except InvalidInputError as error:
        error.hint = hint_at_kind(error.message)
        raise


def _zone(test: Path, name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError) as error:
        raise InvalidInputError(f"{test}: no time zone {name!r}") from error
