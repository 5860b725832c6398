"""Offers softer words for what the guard objects to; only such as it finds nothing in.

Nothing is made up: what asserts, narrates or feigns is left out, or what is always so is said in
its place. Which ways there are is declared in softer.toml.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from importlib.resources import files
from typing import Any

import msgspec
import re2

from kikubari.decide.guard.drafts import judge_words
from kikubari.decide.guard.guard import Guard

# Longer writing is reworded by its author.
_MAX_TEXT = 2_000
_MOST_SENTENCES = 4
_MAX_SENTENCE = 400
_TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}|<[^<>]*>", re.DOTALL)
_ENDS = ".!?\u3002\uff01\uff1f"
_SPACES = " \u3000"
_SENTENCE = re.compile(rf"(?:[^{_ENDS}\n]|[.](?=\d))+[{_ENDS}]*[{_SPACES}]*")
_JAPANESE = re.compile(r"[\u3040-\u30ff\u4e00-\u9fff]")
# One character stands for each piece of Liquid or markup while sentences are rewritten.
_FIRST_MARK = 0xE000
_MARKS = r"\ue000-\uf8ff"
_MARK = re.compile(f"[{_MARKS}]")
# Markup and whom it is addressed to stay before, end marks and markup after what is reworded.
_FRAMED = re.compile(
    rf"(?P<lead>\s*(?:[{_MARKS}]\s*)*(?:(?:(?<=[{_MARKS}])|(?<=[{_MARKS}] ))"
    rf"(?:様|さま|さん)?[,、]\s?)?)(?P<body>.*?)(?P<end>[{_ENDS}]*)(?P<tail>[{_MARKS}{_SPACES}]*)",
    re.DOTALL,
)


class Softer(msgspec.Struct, frozen=True, kw_only=True):
    """Words as their author wrote them, and what to say instead; empty: leave them out."""

    before: str
    after: str


class _Way(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One way to say something softly; softer.toml explains the fields."""

    name: str
    find: str
    say: str
    bars: str = ""
    rules: frozenset[str] = frozenset()

    @property
    def forgets(self) -> bool:
        """Whether nothing of the sentence is left, so that nothing can point back at it."""
        return "{" not in self.say


class _Ways(msgspec.Struct, frozen=True):
    """All that softer.toml says, ready to match."""

    ways: tuple[tuple[_Way, Any, Any], ...]
    left_out: frozenset[str]
    marks: Mapping[str, Any]

    def is_said(self, mark: str, sentence: str) -> bool:
        """Say whether a sentence is one of a kind of [leave_out], in its language."""
        plain = _MARK.sub("", sentence).strip()
        language = "ja" if _JAPANESE.search(plain) else "en"
        pattern = self.marks.get(f"{mark}_{language}") or self.marks[mark]
        return pattern.search(plain) is not None


class _Judge:
    """Asks the guard about words in which characters stand for Liquid and markup."""

    def __init__(self, guard: Guard, channel: str, purpose: str, tokens: Sequence[str]) -> None:
        self._guard = guard
        self._channel = channel
        self._purpose = purpose
        self._tokens = tokens

    def rules(self, marked: str) -> frozenset[str]:
        """Return the rules that object to words."""
        words = self.unmark(marked)
        verdict = judge_words(self._guard, words, channel=self._channel, purpose=self._purpose)
        return frozenset(verdict.rules)

    def unmark(self, marked: str) -> str:
        """Return words with their Liquid and markup."""
        return _MARK.sub(lambda found: self._tokens[ord(found[0]) - _FIRST_MARK], marked)


def soften(
    guard: Guard, text: str, *, channel: str = "email", purpose: str = "marketing"
) -> tuple[Softer, ...]:
    """Return what to change in words so that the guard finds nothing in them; nothing if unknown.

    Args:
        guard: with the shop's policy.
        text: as its author wrote it, with Liquid and markup, which all stays.
        channel: as of `judge_words`.
        purpose: likewise.
    """
    tokens = _TOKEN.findall(text)
    if len(text) > _MAX_TEXT or _MARK.search(text):
        return ()
    marks = iter(range(_FIRST_MARK, _FIRST_MARK + len(tokens)))
    marked = _TOKEN.sub(lambda _: chr(next(marks)), text)
    judge = _Judge(guard, channel, purpose, tokens)
    if not judge.rules(marked):
        return ()
    sentences = [one for one in _SENTENCE.finditer(marked) if one[0].strip()]
    wrong = {place: found for place, one in enumerate(sentences) if (found := judge.rules(one[0]))}
    if not wrong or len(wrong) > _MOST_SENTENCES:
        return ()
    said: dict[int, str] = {}
    for place, rules in wrong.items():
        following = sentences[place + 1][0] if place + 1 < len(sentences) else ""
        softer = _find_softer(sentences[place][0], rules, following, judge)
        if softer is None:
            return ()
        said[place] = softer
    whole = _replaced(marked, sentences, said)
    kept = [said.get(place, one[0]) for place, one in enumerate(sentences)]
    if judge.rules(whole) or not _is_worth_saying(kept):
        return ()
    softer_words = tuple(
        Softer(before=judge.unmark(sentences[place][0]), after=judge.unmark(after))
        for place, after in said.items()
    )
    # Who puts them in looks for the words: there must be but one place for each.
    return softer_words if apply_softer(text, softer_words) == judge.unmark(whole) else ()


def apply_softer(text: str, softer: Sequence[Softer]) -> str:
    """Return words with what is offered put in; as they were where they are not found once."""
    new = text
    for one in softer:
        if new.count(one.before) != 1:
            return text
        new = new.replace(one.before, one.after)
    return new


def _replaced(marked: str, sentences: Sequence[re.Match[str]], said: dict[int, str]) -> str:
    pieces, reached = [], 0
    for place, after in sorted(said.items()):
        pieces += [marked[reached : sentences[place].start()], after]
        reached = sentences[place].end()
    return "".join([*pieces, marked[reached:]])


def _find_softer(sentence: str, rules: frozenset[str], following: str, judge: _Judge) -> str | None:
    """Return the first softer sentence that is fine, empty to leave it out, None if none is."""
    ways = _ways()
    if not rules <= ways.left_out:
        return None
    is_followed = ways.is_said("back", following)
    for way, softer in _rewritten(sentence, rules):
        is_whole = _MARK.findall(softer) == _MARK.findall(sentence)
        if is_whole and not (way.forgets and is_followed) and not judge.rules(softer):
            return softer
    framed = _FRAMED.fullmatch(sentence)
    if is_followed or framed is None or _MARK.search(framed["body"]):
        return None
    # Whom it was addressed to goes with it, markup around it stays.
    return "".join(_MARK.findall(framed["lead"])) + framed["tail"].lstrip(_SPACES)


def _rewritten(sentence: str, rules: frozenset[str]) -> Iterator[tuple[_Way, str]]:
    """Yield the sentence reworded in each way that fits."""
    framed = _FRAMED.fullmatch(sentence)
    if framed is None or len(framed["body"]) > _MAX_SENTENCE:
        return
    for way, pattern, bars in _ways().ways:
        found = pattern.fullmatch(framed["body"])
        if found is None or (way.rules and not way.rules & rules):
            continue
        parts = {name: (part or "").rstrip() for name, part in found.groupdict().items()}
        if bars is not None and any(bars.search(part) for part in parts.values()):
            continue
        said = way.say.format(**parts)
        # What states something softly neither asks nor shouts.
        end = ("。" if _JAPANESE.search(said) else ".") if framed["end"] else ""
        yield way, f"{framed['lead']}{said[:1].upper()}{said[1:]}{end}{framed['tail']}"


def _is_worth_saying(sentences: Sequence[str]) -> bool:
    """Say whether what is left says something by itself, and nothing made up."""
    ways = _ways()
    if any(ways.is_said("never", one) for one in sentences):
        return False
    return any(
        ways.is_said("says", one) and not (ways.is_said("asks", one) or ways.is_said("signs", one))
        for one in sentences
    )


@cache
def _ways() -> _Ways:
    text = (files("kikubari.decide.guard") / "softer.toml").read_text(encoding="utf-8")
    told = tomllib.loads(text)
    ways = msgspec.convert(told["way"], tuple[_Way, ...])
    compiled = tuple(
        (one, re2.compile(one.find), re2.compile(one.bars) if one.bars else None) for one in ways
    )
    left_out = frozenset(told["leave_out"].pop("rules"))
    marks = {name: re2.compile(one) for name, one in told["leave_out"].items()}
    return _Ways(compiled, left_out, marks)
