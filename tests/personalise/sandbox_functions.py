"""Functions that run inside sandbox workers."""

import os
import sys
import time

from kikubari.decide.personalise import (
    Facts,
    InPieces,
    RenderSettings,
    Returning,
    render_email,
    render_text,
)
from kikubari.decide.personalise.contracts import CompiledEmail, RenderedEmail
from kikubari.spec.errors import NotFoundError


def spin() -> int:
    """Never end."""
    while True:
        pass


def eat_slowly() -> int:
    """Take memory until there is none."""
    hoard = []
    while True:
        hoard.append(bytearray(1 << 22))


def fail() -> int:
    """Raise as a bug would."""
    raise ValueError("no such luck")


def refuse() -> int:
    """Raise as an expected fault does."""
    raise NotFoundError("nothing here")


ACTS = {
    "spin": spin,
    "sleep": lambda: time.sleep(60),
    "eat": lambda: len(bytearray(1 << 40)),
    "eat slowly": eat_slowly,
    "exit": lambda: os._exit(3),
    "raise": fail,
    "refuse": refuse,
    "print": lambda: print("stdout is not the pipe"),
    "write": lambda: os.write(os.memfd_create("file"), b"x"),
}


def act(shared: int, item: str) -> int:
    """Do what the item says, then return the shared number plus the item's length."""
    if item in ACTS:
        ACTS[item]()
    return shared + len(item)


def look(shared: None, item: str) -> list[str]:
    """Return names in the environment or the loaded modules."""
    return sorted(os.environ) if item == "environ" else sorted(sys.modules)


def wrong(shared: None, item: int) -> int:
    """Return something else than promised."""
    return "text"  # type: ignore[return-value]  # on purpose


def render(shared: CompiledEmail, item: Facts) -> RenderedEmail:
    """Render as deliver does."""
    return render_email(shared, item, settings=RenderSettings())


def liquid(shared: None, item: str) -> str:
    """Render a bare template."""
    return render_text(item, Facts(), settings=RenderSettings())[0]


def bare(shared, item):
    """Lack annotations."""


FIXED = [Returning(b"fixed %d " % i * 1_000) for i in range(3)]


def in_pieces(shared: int, item: str) -> InPieces[str]:
    """Return octets of which some return in every result; `shared` chooses which."""
    if item == "exit":
        os._exit(3)
    if item == "many":
        return InPieces(item, [Returning(b"%d" % i) for i in range(5_000)])
    own = item.encode()
    return InPieces(item, [own, FIXED[shared], own, FIXED[2], FIXED[shared]])
