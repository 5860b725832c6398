"""The render context: resolves paths through recorded facts and unboxes tainted variables."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from typing import Any, TextIO, cast
from zoneinfo import ZoneInfo

from liquid import BoundTemplate, RenderContext
from liquid.builtin.tags.for_tag import ForLoop
from liquid.builtin.tags.tablerow_tag import TableRow
from liquid.context import builtin
from liquid.exceptions import OutputStreamLimitError
from liquid.token import Token
from liquid.undefined import UNDEFINED
from liquid.utils import ReadOnlyChainMap

from kikubari.decide.personalise.contracts import RenderSettings
from kikubari.decide.personalise.record import (
    Paths,
    RecordedList,
    RecordedMapping,
    Recorder,
    Tainted,
)

_DEFAULTS = RenderSettings()


class CappedBuffer:
    """Output of at most `room` further characters, kept in the pieces it was written in.

    Fixed text of a template is the same object in every render: what comes after can tell it from
    what is one person's own, and do its work on it once.
    """

    __slots__ = ("_add", "pieces", "room")

    def __init__(self, room: int) -> None:
        self.room = room
        self.pieces: list[str] = []
        self._add = self.pieces.append

    def write(self, text: str, /) -> int:
        """Write `text`.

        Raises:
            OutputStreamLimitError: the output would be too long.
        """
        length = len(text)
        self.room -= length
        if self.room < 0:
            raise OutputStreamLimitError("the output is too long", token=None)
        self._add(text)
        return length

    def getvalue(self) -> str:
        """Return all that was written."""
        return "".join(self.pieces)


class _Scope(ReadOnlyChainMap):
    """Names by the innermost scope that has them, asked without an exception for each miss."""

    def __getitem__(self, key: str) -> object:
        for mapping in self._maps:
            if key in mapping:
                return mapping[key]
        raise KeyError(key)

    def get(self, key: str, default: object = None) -> object:
        for mapping in self._maps:
            if key in mapping:
                return mapping[key]
        return default


def room_of(limit: int | None) -> int:
    """Return the output limit of an environment of ours, which always has one."""
    assert limit is not None  # noqa: S101 - see above
    return limit


class RecordingContext(RenderContext):
    """A Liquid render context that knows who is reading what, and for whom to format."""

    __slots__ = ("loop_paths", "recorder", "settings")

    def __init__(
        self,
        template: BoundTemplate,
        *,
        recorder: Recorder | None = None,
        settings: RenderSettings | None = None,
        **others: Any,
    ) -> None:
        super().__init__(template, **others)
        self.scope = _Scope(self.locals, self.globals, builtin, self.counters)
        self.recorder = recorder or Recorder()
        self.settings = settings or _DEFAULTS
        # Fact paths of the loop head just evaluated; `forloop.length` tells about them.
        self.loop_paths: Paths = {}

    def get(
        self, path: list[object], *, token: Token | None, default: object = UNDEFINED
    ) -> object:
        """Resolve a path, noting the facts it reads; absent ones are undefined or `default`."""
        try:
            value = self._walk(path)
        except (KeyError, TypeError, IndexError):
            if default is not UNDEFINED:
                return default
            name = str(path[0])
            return self.env.undefined(name, hint=f"{name!r} is undefined", token=token)
        kind = type(value)
        if kind is RecordedList:
            self.recorder.sink[value.path] = None
        elif kind is RecordedMapping:
            self.recorder.consulted[value.path] = None
        return value

    def _walk(self, path: list[object]) -> Any:
        root = path[0]
        if type(root) is not str:
            raise KeyError(root)
        value: Any = self.scope[root]
        if type(value) is Tainted:
            self.recorder.sink.update(value.paths)
            value = value.value
        if len(path) == 1:
            return value
        for segment in path[1:]:
            kind = type(value)
            if kind is RecordedMapping or kind is RecordedList:
                value = value.step(segment)
            else:
                value = self.get_item(value, segment)
        return value

    @contextmanager
    def loop(
        self, namespace: Mapping[str, object], forloop: ForLoop | TableRow
    ) -> Iterator[RenderContext]:
        """Enter a loop; its helper object carries the paths of what is looped over."""
        if self.loop_paths:
            name = "forloop" if isinstance(forloop, ForLoop) else "tablerowloop"
            namespace[name] = Tainted(forloop, self.loop_paths)  # type: ignore[index]  # a dict
        with super().loop(namespace, forloop) as context:
            yield context

    def copy(self, namespace: Mapping[str, object], *options: Any, **named: Any) -> RenderContext:
        """Return the context of a snippet, recording into the same recorder."""
        copied = super().copy(namespace, *options, **named)
        assert isinstance(copied, RecordingContext)  # noqa: S101 - made by this very class
        copied.recorder = self.recorder
        copied.settings = self.settings
        return copied

    def get_buffer(self, buf: TextIO | None = None) -> StringIO:
        """Return a buffer for a block, with the room its surroundings have left."""
        limit = buf.room if isinstance(buf, CappedBuffer) else room_of(self.env.output_stream_limit)
        # What the library asks of a buffer is `write` and `getvalue`.
        return cast("StringIO", CappedBuffer(limit))

    def local(self, instant: datetime) -> datetime:
        """Return an aware instant in the customer's zone."""
        return instant.astimezone(ZoneInfo(self.settings.timezone))
