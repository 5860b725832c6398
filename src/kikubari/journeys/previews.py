"""A broadcast seen as its recipients would, before anything is sent."""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence

import msgspec

from kikubari.decide.personalise import (
    EmailTemplateSource,
    Problem,
    RenderSettings,
    Severity,
    lint_email,
)
from kikubari.deliver import (
    Claimed,
    Composed,
    Composer,
    Dispatch,
    DispatchState,
    Letter,
    MessageRecord,
    Origin,
    Recipient,
    Recipients,
    mark_as_trial,
    new_trial_id,
    read_mail,
)
from kikubari.journeys.contracts import BroadcastDefinition, DraftReport, Preview
from kikubari.journeys.coupons import CouponDesk, with_samples
from kikubari.journeys.definitions import letter_of, list_letters
from kikubari.journeys.draft_reports import list_missing, list_objections, merge
from kikubari.journeys.freshness import Freshness
from kikubari.kit.clock import Clock
from kikubari.spec.envelope import DEFAULT_WORKSPACE
from kikubari.spec.errors import NotFoundError

# No message has this dispatch, so the links in a preview lead nowhere and count nothing.
_NO_DISPATCH = 0
# Names that a render gets beside the facts about a person.
_CONTENT = dict.fromkeys(
    ("shop", "campaign", "unsubscribe_url", "preferences_url", "reason", "coupon"), ""
)
_decode_record = msgspec.json.Decoder(MessageRecord).decode


def _as_it_is(template: EmailTemplateSource) -> EmailTemplateSource:
    return template


class Previews:
    """Renders a definition for people the way a worker would, in the same sandbox.

    Args:
        recipients: loads people with their facts.
        composer: of the workers.
        clock: the moment that templates take for now.
        fill: puts saved blocks into a template.
        coupons: samples of the codes that messages would bring.
        freshness: says what will be over when a draft goes.
        workspace_id: whose people.
    """

    def __init__(
        self,
        recipients: Recipients,
        composer: Composer,
        clock: Clock,
        *,
        fill: Callable[[EmailTemplateSource], EmailTemplateSource] = _as_it_is,
        coupons: CouponDesk | None = None,
        freshness: Freshness | None = None,
        workspace_id: int = DEFAULT_WORKSPACE,
    ) -> None:
        self._recipients = recipients
        self._composer = composer
        self._clock = clock
        self._fill = fill
        self._coupons = coupons
        self._freshness = freshness
        self._workspace_id = workspace_id

    async def preview(self, definition: BroadcastDefinition, number: int) -> Preview:
        """Return what a person would get, whatever the last gate would say.

        Raises:
            NotFoundError: nobody by that number.
            TemplateError: with the place in the author's source.
        """
        letter = await asyncio.to_thread(self._write, definition)
        composed = await self._compose(letter, [number])
        if not composed:
            raise NotFoundError(f"no profile {number}")
        [one] = composed
        return Preview(
            source=one.data,
            record=_decode_record(one.record) if one.record else None,
            stopped_by=one.stopped_by,
            problem=one.problem,
        )

    async def compose_trial(
        self, definition: BroadcastDefinition, number: int, addresses: Sequence[str]
    ) -> list[tuple[int, Composed]]:
        """Return a message id and what a person would get for each address, to be sent there.

        Its subject says that it is a test, and no link in it acts or is counted.

        Raises:
            NotFoundError: nobody by that number.
            TemplateError: with the place in the author's source.
        """
        letter = mark_as_trial(await asyncio.to_thread(self._write, definition))
        loaded = await asyncio.to_thread(self._load, [number])
        if number not in loaded:
            raise NotFoundError(f"no profile {number}")
        person = msgspec.structs.replace(loaded[number], name="", is_tracked=False)
        now = self._clock.now()
        claims = [
            (
                Claimed(new_trial_id(), _NO_DISPATCH, number, 0, 0, now),
                msgspec.structs.replace(person, address=address),
            )
            for address in addresses
        ]
        composed = await self._compose_claims(letter, claims)
        return [(claim.id, one) for (claim, _), one in zip(claims, composed, strict=True)]

    async def check(
        self,
        definition: BroadcastDefinition,
        numbers: Sequence[int],
        *,
        also_known: Sequence[str] = (),
    ) -> DraftReport:
        """Say what is wrong with a draft, and what is missing for how many of some people.

        Each of several letters is made for all of them.

        Every message of theirs is made as it would be sent; nobody who cannot get one is left
        out of the count.

        Args:
            definition: the draft.
            numbers: of the people.
            also_known: names that templates may read beside the usual ones, as messages of
                journeys do; here they are empty.
        """
        return merge(
            [
                (name, await self._check_letter(letter, numbers, also_known))
                for name, letter in list_letters(definition)
            ]
        )

    async def _check_letter(
        self, definition: BroadcastDefinition, numbers: Sequence[int], also_known: Sequence[str]
    ) -> DraftReport:
        problems = await asyncio.to_thread(self._find_problems, definition, also_known)
        if any(one.severity is Severity.ERROR for one in problems):
            return DraftReport(problems=problems)
        letter = await asyncio.to_thread(self._write, definition)
        composed = await self._compose(letter, numbers)
        failures = Counter(one.problem for one in composed if one.problem)
        problems += [
            Problem(
                severity=Severity.ERROR,
                code="render_failed",
                message=f"cannot be made for {times:,} of {len(composed):,} people: {problem}",
            )
            for problem, times in failures.most_common()
        ]
        return DraftReport(
            problems=problems,
            missing=list_missing(composed),
            people=len(composed),
            failed=failures.total(),
            largest_bytes=max(
                (len(read_mail(one.data).html.encode()) for one in composed if one.data), default=0
            ),
            objections=list_objections(composed),
        )

    def _write(self, definition: BroadcastDefinition) -> Letter:
        template = self._fill(definition.template)
        letter = letter_of(msgspec.structs.replace(definition, template=template))
        plan = self._coupons.plan(definition.coupon) if self._coupons else None
        return msgspec.structs.replace(letter, coupon=plan)

    def _find_problems(
        self, definition: BroadcastDefinition, also_known: Sequence[str]
    ) -> list[Problem]:
        found = self._lint(definition, also_known)
        if self._freshness:
            found += self._freshness.check(definition, self._fill(definition.template))
        return found + self._coupons.check(definition) if self._coupons else found

    def _lint(self, definition: BroadcastDefinition, also_known: Sequence[str]) -> list[Problem]:
        report = lint_email(
            self._fill(definition.template),
            (),
            content={**_CONTENT, **dict.fromkeys(also_known, "")},
            settings=RenderSettings(now=self._clock.now()),
        )
        return list(report.problems)

    async def _compose(self, letter: Letter, numbers: Sequence[int]) -> list[Composed]:
        loaded = await asyncio.to_thread(self._load, numbers)
        now = self._clock.now()
        claims = [
            (Claimed(number, _NO_DISPATCH, number, 0, 0, now), loaded[number])
            for number in numbers
            if number in loaded
        ]
        return await self._compose_claims(letter, claims)

    def _load(self, numbers: Sequence[int]) -> Mapping[int, Recipient]:
        return self._recipients.load(numbers, workspace_id=self._workspace_id)

    async def _compose_claims(
        self, letter: Letter, claims: Sequence[tuple[Claimed, Recipient]]
    ) -> list[Composed]:
        dispatch = Dispatch(
            id=_NO_DISPATCH,
            workspace_id=self._workspace_id,
            origin=Origin("preview", ""),
            state=DispatchState.PAUSED,
            letter=letter,
            letter_key=b"",
        )
        claims = await asyncio.to_thread(with_samples, self._coupons, letter.coupon, claims)
        return list(await self._composer.compose(dispatch, claims)) if claims else []
