"""Definitions as files of the shop's own git: read, with the place of what is wrong in them."""

from pathlib import Path
from typing import Any, TypeVar

import msgspec

from kikubari.spec.conditions import Condition, convert_condition
from kikubari.spec.errors import InvalidInputError

T = TypeVar("T")


class SegmentFile(msgspec.Struct, frozen=True, omit_defaults=True, forbid_unknown_fields=True):
    """A segment; its id is the file's name."""

    name: str
    condition: dict[str, Any]
    description: str = ""


def read_file(file: Path, kind: type[T]) -> T:
    """Return what the JSON in a file describes.

    Raises:
        InvalidInputError: it cannot be read, or is not as it should be; names file and place.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=kind)
    except OSError as error:
        raise InvalidInputError(f"{file}: {error.strerror}") from error
    except msgspec.DecodeError as error:
        raise InvalidInputError(f"{file}: {error}") from error


def read_segment(file: Path) -> tuple[SegmentFile, Condition]:
    """Return a segment's file and its tree.

    Raises:
        InvalidInputError: as `read_file`.
    """
    found = read_file(file, SegmentFile)
    try:
        return found, convert_condition(found.condition)
    except InvalidInputError as error:
        raise InvalidInputError(f"{file}: condition: {error.message}", hint=error.hint) from error
