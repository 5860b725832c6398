"""What an experiment with letters says, in plain words."""

from collections.abc import Iterator

from kikubari.decide.guard import Words
from kikubari.journeys import ChosenBecause
from kikubari.measure.contracts import LetterReport
from kikubari.measure.experiments import ExperimentVerdict, PartVerdict

_CHOSEN = {
    ChosenBecause.PROVEN: Words(
        en="The rest gets letter {letter}: it was proven better than every other.",
        ja="残りの人には{letter}案を送ります。ほかのどれよりも良いと証明されたためです。",
    ),
    ChosenBecause.BEST: Words(
        en="The rest gets letter {letter}: it had done best when the time was over. "
        "That is no proof.",
        ja="残りの人には{letter}案を送ります。期限の時点で最も良かったためで、証明ではありません。",
    ),
    ChosenBecause.FIRST: Words(
        en="The rest gets letter {letter}, the first: no other was proven better in time.",
        ja="残りの人には最初の{letter}案を送ります。期限までに、より良いと証明された案がなかったためです。",
    ),
}


def tell(report: LetterReport) -> Iterator[Words]:
    """Yield sentences: how people were shared out, what is proven, what the rest gets, and why."""
    yield from _tell_shares(report)
    if report.verdict is not None:
        yield _tell_verdict(report.verdict, report.visible_lift)
    if report.choice is not None:
        said = _CHOSEN[report.choice.because]
        letter = report.choice.letter.upper()
        yield Words(en=said.en.format(letter=letter), ja=said.ja.format(letter=letter))
    if report.beside is not None:
        yield _tell_beside(report.beside)


def _tell_shares(report: LetterReport) -> Iterator[Words]:
    if report.n_rest:
        yield Words(
            en=f"{report.n_first:,} people are written to first; {report.n_rest:,} wait for the "
            "best letter.",
            ja=f"まず{report.n_first:,}人に送り、{report.n_rest:,}人は最も良い案を待ちます。",
        )
    if report.n_held:
        yield Words(
            en=f"{report.n_held:,} people get nothing, to see what writing changes.",
            ja=f"{report.n_held:,}人には送らず、送ることで何が変わるかを確かめます。",
        )


def _tell_verdict(verdict: ExperimentVerdict, visible_lift: float | None) -> Words:
    if verdict.leader is None:
        return Words(
            en="Nobody has reached the goal yet, so nothing can be said.",
            ja="まだ誰も目標に達していないため、何も言えません。",
        )
    best = next(one for one in verdict.parts if one.part == verdict.leader)
    name = best.part.upper()
    if verdict.winner is not None:
        return Words(
            en=f"Letter {name} is proven best: {_rate(best)} reached the goal "
            f"({_between(best, 'en')}).",
            ja=f"{name}案が最も良いと証明されました。{_rate(best)}が目標に達しました"
            f"。{_between(best, 'ja')}",
        )
    en = f"Nothing is proven yet. Letter {name} is ahead with {_rate(best)}"
    ja = f"まだ何も証明されていません。今は{name}案が{_rate(best)}で先を行きます"
    if visible_lift is None:
        return Words(
            en=f"{en}; so few have reached the goal that this says little.",
            ja=f"{ja}が、目標に達した人が少なく、ほとんど何も言えません。",
        )
    return Words(
        en=f"{en}; a lead of {visible_lift:.0%} over letter A would be proven by now.",
        ja=f"{ja}。A案より{visible_lift:.0%}以上良ければ、もう証明されているはずです。",
    )


def _tell_beside(verdict: ExperimentVerdict) -> Words:
    without, written = verdict.parts
    en = f"Of those written to, {_rate(written)} reached the goal; of those who got nothing, "
    en += f"{_rate(without)}."
    ja = f"送った人の{_rate(written)}、送らなかった人の{_rate(without)}が目標に達しました。"
    if verdict.winner == written.part:
        return Words(en=f"{en} It is proven that writing helped.",
                     ja=f"{ja}送ったことの効果が証明されました。")  # fmt: skip
    if verdict.winner == without.part:
        return Words(en=f"{en} It is proven that writing did harm.",
                     ja=f"{ja}送ったことが逆効果だったと証明されました。")  # fmt: skip
    return Words(en=f"{en} No difference is proven yet.",
                 ja=f"{ja}違いはまだ証明されていません。")  # fmt: skip


def _rate(part: PartVerdict) -> str:
    return "-" if part.rate is None else f"{part.rate:.1%}"


def _between(part: PartVerdict, language: str) -> str:
    low, high = f"{part.low:.1%}", f"{part.high:.1%}"
    return (
        f"真の割合は{low}から{high}の間です。" if language == "ja" else f"between {low} and {high}"
    )
