"""Lines that say nothing to any rule change no verdict: whoever remembers verdicts counts on it."""

import json

import msgspec
import pytest
from guard_cases import FIXTURE, own_rows

from kikubari.decide.guard import Guard, list_telling_lines, read_cases

NEUTRAL = ("佐藤 花子", "Paper lamp no. 7", "紙のランプ 7番", "See the shelf")


def _messages():
    rows = own_rows() + json.loads(FIXTURE.read_text())
    return [case.message for case in read_cases(json.dumps(rows).encode())]


def _seen(message):
    # A mail without a title is one whose text begins with it.
    return msgspec.structs.replace(message, title="A linen shirt") if not message.title else message


@pytest.mark.parametrize("line", NEUTRAL)
def test_a_neutral_line_is_none_of_the_telling_ones(line):
    assert list_telling_lines(line) == []


def test_a_telling_line_is_kept_as_it_is_with_all_its_sentences():
    text = "Dear Hanako,\nNow that you are pregnant, all is new. Have a look.\nPaper lamps"
    assert list_telling_lines(text) == [text.split("\n")[1]]


def test_neutral_lines_change_no_verdict():
    guard = Guard()
    for message in map(_seen, _messages()):
        mixed = [NEUTRAL[0], *message.text.split("\n"), *NEUTRAL[1:]]
        longer = msgspec.structs.replace(message, text="\n".join(mixed))
        assert guard.judge(longer) == guard.judge(message), message.text


def test_telling_lines_alone_have_the_verdict_of_the_whole():
    guard = Guard()
    for message in map(_seen, _messages()):
        shorter = msgspec.structs.replace(message, text="\n".join(list_telling_lines(message.text)))
        assert guard.judge(shorter) == guard.judge(message), message.text


def test_half_a_character_hides_nothing():
    line = "Now that you are pregnant\ud83d, try our tea."
    assert list_telling_lines(line) == [line]
