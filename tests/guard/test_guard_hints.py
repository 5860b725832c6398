"""What the weights add to the rules: hints in words that no rule knows."""

import re

import learn_hints
import numpy as np
import pytest
from guard_cases import judge, own_rows

from kikubari.decide.guard import hints
from kikubari.decide.guard.copy_check import list_telling_lines

EVERYDAY = own_rows()[0]["context"]
SAID = [
    "The house has gone so quiet since September. A puppy fills a room.",
    "愛犬を見送られて一か月。新しい子を迎える準備はこちらで。",
]


def verdict_on(words, *, uses=(), **context):
    row = {"id": "hint", "channel": "email", "message_excerpt": words, "uses": list(uses)}
    (verdict,) = judge([{**row, "context": {**EVERYDAY, "channel_consent": True, **context}}])
    return verdict


def finding_on(words, **known):
    found = [one for one in verdict_on(words, **known).findings if one.rule == "W01"]
    return found[0] if found else None


@pytest.mark.parametrize("words", SAID)
def test_a_hint_waits_and_says_which_phrases_sound_so(words):
    finding = finding_on(words)
    assert finding.level.value == "hold"
    assert finding.reason.ja
    assert finding.mend.ja
    sentence, phrases = re.fullmatch(r"(.+?) \[(.+)\]", finding.subject).groups()
    assert words.startswith(sentence)
    assert all(one in sentence.lower() for one in phrases.split(" … "))


@pytest.mark.parametrize("words", SAID)
def test_a_hint_is_found_among_the_lines_of_a_letter(words):
    letter = ["Hello,", "our autumn lamps are here.", words, "The shop is open until six."]
    assert words.startswith(finding_on("\n".join(letter)).subject.split(" [")[0])
    assert words in list_telling_lines("\n".join(letter))


@pytest.mark.parametrize("words", SAID)
def test_what_was_asked_for_and_what_was_told_is_left_to_the_rules(words):
    told = {
        "attribute": "household", "provenance": "declared", "confidence": 1.0,
        "sources_agree": True, "category": "relationship",
    }  # fmt: skip
    assert finding_on(words, purpose="service") is None
    assert finding_on(words, uses=[told]) is None


def test_what_a_rule_stops_needs_no_second_opinion():
    verdict = verdict_on("Since your divorce, cooking for one can be hard.")
    assert verdict.level.value == "block"
    assert "W01" not in verdict.rules


def test_sentences_that_say_nothing_of_the_reader_are_not_stopped():
    plain = [
        line
        for file in sorted(learn_hints.SENTENCES.glob("plain*.txt"))
        for line in file.read_text(encoding="utf-8").splitlines()
    ]
    assert len(plain) > 500
    assert [line for line in plain if finding_on(line)] == []


def test_a_text_without_words_is_no_hint():
    for text in ("", "!!! …", "12", "🎉"):
        assert finding_on(text) is None


@pytest.mark.slow
def test_the_weights_are_what_is_learnt_from_the_sentences():
    texts = learn_hints.read_texts()
    scale, weight, level = learn_hints.learn(texts, np.ones(len(texts.is_said), bool))
    learnt, shipped = learn_hints.pack(scale, weight, level), np.load(learn_hints.WEIGHTS)
    for name in ("scale", "weight"):
        far = np.abs(learnt[name].astype(int) - shipped[name].astype(int))
        assert far.max() <= 1
    assert hints.weights().scale.shape == (hints.BUCKETS,)
