"""QR codes as a path that a page draws itself: no picture leaves the server."""

import msgspec
import segno

_QUIET_MODULES = 2


class QrCode(msgspec.Struct, frozen=True):
    """A square of `size` modules, quiet border included, and the SVG path of the dark ones."""

    size: int
    path: str


def draw_qr(text: str) -> QrCode:
    """Return the QR code of a text."""
    rows = [list(row) for row in segno.make_qr(text, error="m").matrix_iter(border=_QUIET_MODULES)]
    path = "".join(
        f"M{x} {y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    return QrCode(len(rows), path)
