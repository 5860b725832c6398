"""The render context: resolves paths through recorded facts and unboxes tainted variables."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from io import StringIO
from typing import Any, TextIO
from zoneinfo import ZoneInfo

from liquid import BoundTemplate, RenderContext
from liquid.builtin.tags.for_tag import ForLoop
from liquid.builtin.tags.tablerow_tag import TableRow
from liquid.exceptions import OutputStreamLimitError
from liquid.token import Token
from liquid.undefined import UNDEFINED

from kikubari.decide.personalise.contracts import RenderSettings
from kikubari.decide.personalise.record import (
    Paths,
    RecordedList,
    RecordedMapping,
    Recorder,
    Tainted,
)

_DEFAULTS = RenderSettings()


class CappedBuffer(StringIO):
    """An output buffer of at most `room` characters that leaves line ends alone.

    The library's own translates CR LF and encodes every piece only to weigh it.
    """

    def __init__(self, room: int) -> None:
        super().__init__(newline="\n")
        self.room = room

    def write(self, text: str, /) -> int:
        """Write `text`.

        Raises:
            OutputStreamLimitError: the output would be too long.
        """
        self.room -= len(text)
        if self.room < 0:
            raise OutputStreamLimitError("the output is too long", token=None)
        return super().write(text)


def _room(limit: int | None) -> int:
    assert limit is not None  # noqa: S101 - our environment sets one
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
        limit = buf.room if isinstance(buf, CappedBuffer) else _room(self.env.output_stream_limit)
        return CappedBuffer(limit)

    def local(self, instant: datetime) -> datetime:
        """Return an aware instant in the customer's zone."""
        return instant.astimezone(ZoneInfo(self.settings.timezone))


class RecordingTemplate(BoundTemplate):
    """A parsed template that renders in a recording context."""

    context_class = RecordingContext

    def new_buffer(self) -> CappedBuffer:
        """Return an empty buffer as large as the environment allows."""
        return CappedBuffer(_room(self.env.output_stream_limit))

    _get_buffer = new_buffer
