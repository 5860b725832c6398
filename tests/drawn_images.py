"""Images that tests draw, and ways to make an image file lie."""

import struct
import zlib
from base64 import b64encode
from io import BytesIO
from typing import Any

from PIL import Image, ImageDraw


def draw(
    width: int = 40, height: int = 30, *, kind: str = "PNG", mode: str = "RGB", **how
) -> bytes:
    """Draw a picture with a diagonal, and save it as a kind of file."""
    image = Image.new(mode, (width, height), (40, 90, 160, 120)[: len(mode)])
    ImageDraw.Draw(image).line((0, 0, width, height), fill=(250, 200, 0, 255)[: len(mode)], width=3)
    file = BytesIO()
    image.save(file, kind, **how)
    return file.getvalue()


def draw_frames(n: int = 3, *, kind: str = "GIF", width: int = 40) -> bytes:
    """Draw a square that wanders, in frames of 120 ms, for ever."""
    frames = []
    for place in range(n):
        frame = Image.new("RGB", (width, 30), "white")
        ImageDraw.Draw(frame).rectangle((place * 5, 5, place * 5 + 8, 13), fill="red")
        frames.append(frame)
    file = BytesIO()
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=120, loop=0)
    return file.getvalue()


def photo_with_a_place(**how: Any) -> bytes:
    """Draw a photo that says where it was taken, by whom, and that it lies on its side."""
    exif = Image.Exif()
    exif[0x0112] = 6  # to be turned by a quarter
    exif[0x013B] = "SECRET-AUTHOR"
    exif.get_ifd(0x8825).update({1: "N", 2: (35.0, 0.0, 41.0), 3: "E", 4: (135.0, 46.0, 6.0)})
    return draw(60, 40, kind="JPEG", exif=exif, comment=b"SECRET-COMMENT", **how)


def png_of(width: int, height: int, rows: bytes | None = None) -> bytes:
    """Write a PNG of one bit a pixel that says it has so many; its rows are empty ones."""
    line = b"\0" + bytes((width + 7) // 8)
    packed = zlib.compress(line * height, 9) if rows is None else rows
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", packed) + _chunk(b"IEND")
    )


def with_text(png: bytes, text: bytes) -> bytes:
    """Put words into a PNG, where programs look for none."""
    at = len(b"\x89PNG\r\n\x1a\n") + 25
    return png[:at] + _chunk(b"tEXt", b"Comment\0" + text) + png[at:]


def upload(content: bytes, name: str = "A picture", **other: str) -> dict[str, str]:
    """Return the body of an upload."""
    return {"name": name, "content": b64encode(content).decode(), **other}


def opened(content: bytes) -> Image.Image:
    """Return an image with its pixels read."""
    image = Image.open(BytesIO(content))
    image.load()
    return image


def _chunk(kind: bytes, body: bytes = b"") -> bytes:
    check = struct.pack(">I", zlib.crc32(kind + body))
    return struct.pack(">I", len(body)) + kind + body + check
