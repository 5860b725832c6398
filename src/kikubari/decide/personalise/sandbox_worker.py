"""The inside of a sandbox: ``python -m kikubari.decide.personalise.sandbox_worker FUNCTION MB``."""

import gc
import os
import resource
import struct
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

import msgspec

from kikubari.decide.personalise.sandbox import import_function, signature_of
from kikubari.decide.personalise.sandbox_replies import (
    Failed,
    FailureReason,
    InPieces,
    Reply,
    SentPieces,
)
from kikubari.spec.errors import KikubariError

_FRAME = struct.Struct("<I")
_MEBIBYTE = 1 << 20
_OPEN_FILES = 64
# What an item leaves behind is freed by counting references; to look for cycles as often as
# Python does by itself (700) takes a twentieth of the time.
_OBJECTS_BEFORE_COLLECTION = 20_000


def main() -> None:
    """Serve batches from standard input until it closes."""
    requests, replies = _take_pipes()
    function = import_function(sys.argv[1])
    _limit(int(sys.argv[2]))
    # Modules stay; nobody needs to look through them again.
    gc.freeze()
    gc.set_threshold(_OBJECTS_BEFORE_COLLECTION)
    _send(replies, b"")
    serve(function, requests, replies)


def _take_pipes() -> tuple[BinaryIO, BinaryIO]:
    """Keep the pipes to ourselves: what the function prints goes to standard error."""
    requests = os.fdopen(os.dup(0), "rb")
    replies = os.fdopen(os.dup(1), "wb", buffering=0)
    with open(os.devnull, "rb") as nothing:  # noqa: PTH123 - a descriptor is what is wanted
        os.dup2(nothing.fileno(), 0)
    os.dup2(2, 1)
    return requests, replies


def _limit(memory_mb: int) -> None:
    """Cap address space above what is mapped now; write no file, open few, dump no core."""
    with open("/proc/self/statm", "rb") as statm:  # noqa: PTH123 - one short read
        baseline = int(statm.read().split()[0]) * resource.getpagesize()
    for limit, most in (
        (resource.RLIMIT_AS, baseline + memory_mb * _MEBIBYTE),
        (resource.RLIMIT_FSIZE, 0),
        (resource.RLIMIT_NOFILE, _OPEN_FILES),
        (resource.RLIMIT_CORE, 0),
    ):
        resource.setrlimit(limit, (most, most))


def serve(function: Callable[..., Any], requests: BinaryIO, replies: BinaryIO) -> None:
    """Answer each item of each batch as soon as it is done, so the parent can time items."""
    signature = signature_of(function)
    decode_batch = msgspec.msgpack.Decoder(tuple[bytes | None, list[bytes]]).decode
    decode_shared = msgspec.msgpack.Decoder(signature.shared).decode
    decode_item = msgspec.msgpack.Decoder(signature.item).decode
    encode = msgspec.msgpack.encode
    shared: Any = None
    sent = SentPieces()

    def answer(item: bytes) -> Reply:
        result = function(shared, decode_item(item))
        if type(result) is InPieces:
            return sent.reply(msgspec.Raw(encode(result.value)), result.pieces)
        return Reply(msgspec.Raw(encode(result)))

    while header := requests.read(_FRAME.size):
        news, items = decode_batch(requests.read(_FRAME.unpack(header)[0]))
        if news is not None:
            shared, sent = decode_shared(news), SentPieces()
        for item in items:
            try:
                reply = answer(item)
            except MemoryError:
                reply = Reply(failed=_failed(FailureReason.MEMORY, "needed too much memory"))
            except KikubariError as error:
                reply = Reply(failed=_failed(FailureReason.ERROR, error.message, error.code))
            except Exception as error:  # noqa: BLE001 - whatever it was, only this item fails
                sentence = f"{type(error).__name__}: {error}"
                reply = Reply(failed=_failed(FailureReason.ERROR, sentence))
            _send(replies, encode(reply))


def _failed(reason: FailureReason, message: str, code: str = "") -> Failed:
    return Failed(reason=reason, code=code or f"sandbox_{reason}", message=message[:1000])


def _send(pipe: BinaryIO, frame: bytes) -> None:
    payload = memoryview(_FRAME.pack(len(frame)) + frame)
    while payload:
        payload = payload[pipe.write(payload) :]


if __name__ == "__main__":
    main()
