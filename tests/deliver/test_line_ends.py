"""Every line of a message ends in CRLF on the wire, however it was put together."""

from hypothesis import given
from hypothesis import strategies as st

from kikubari.decide.personalise import Returning
from kikubari.deliver.line_ends import CrlfOctets, join_lines, to_crlf

PIECES = st.lists(st.text("ab.\r\n", max_size=6).map(str.encode), max_size=6)


@given(PIECES, st.booleans())
def test_joined_lines_become_what_the_same_octets_become(
    pieces: list[bytes],
    return_elsewhere: bool,
) -> None:
    given_pieces = [Returning(one) for one in pieces] if return_elsewhere else pieces
    joined = join_lines(given_pieces)
    assert joined == b"".join(pieces)
    wire = to_crlf(joined)
    assert wire == to_crlf(b"".join(pieces))
    assert wire.endswith(b"\r\n")
    rest = wire.replace(b"\r\n", b"")
    assert b"\r" not in rest
    assert b"\n" not in rest


@given(PIECES)
def test_only_whole_lines_are_known_to_be_lines(pieces: list[bytes]) -> None:
    are_lines = all(
        one.endswith(b"\r\n")
        and b"\r" not in (rest := one.replace(b"\r\n", b""))
        and b"\n" not in rest
        for one in pieces
    )
    assert (type(join_lines(pieces)) is CrlfOctets) is (are_lines and bool(pieces))
