"""A tracking plan ready to judge messages. Pure and fast: this stands in the tracking path."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

import jsonschema_rs
import msgspec
import re2

from kikubari.collect.governance.contracts import Mode, PlanRule, TrackingPlan
from kikubari.collect.governance.schemas import InvalidPlanError, compile_schema, json_path
from kikubari.spec.envelope import IDENTIFIED, Event, EventKind
from kikubari.spec.topics import RESERVED_PREFIX, TRAIT_COMPUTED

MAX_RULES = 1_000
TRAITS = ""  # the subject of the rule of traits
UNKNOWN_EVENT = "unknown_event"
UNKNOWN_PROPERTY = "unknown_property"
# Enough to see what is wrong with a message; more would cost time and tell little.
_MAX_FAULTS = 20
_MAX_PATH = 200
_MAX_EXPECTED = 100
_HEAVIEST = {Mode.ALLOW: 0, Mode.FLAG: 1, Mode.BLOCK: 2}


class Fault(msgspec.Struct, frozen=True, gc=False):
    """One way in which a message does not fit the plan.

    Attributes:
        subject: the event's name, `TRAITS` for traits.
        path: of what is wrong within properties or traits, ``$`` for the event itself.
        code: the schema's keyword, `UNKNOWN_PROPERTY` or `UNKNOWN_EVENT`.
        expected: what the plan says instead; never a value of the message.
        mode: what becomes of the message.
        value: what was found; None where something is missing.
    """

    subject: str
    path: str
    code: str
    expected: str
    mode: Mode
    value: Any = None


class CompiledPlan:
    """Judges events by a plan.

    Raises:
        InvalidPlanError: the plan cannot be used.
    """

    def __init__(self, plan: TrackingPlan) -> None:
        if len(plan.events) > MAX_RULES:
            raise InvalidPlanError(f"a plan has rules for at most {MAX_RULES} events")
        self._unknown_events = plan.unknown_events
        self._rules: dict[str, _CompiledRule | None] = {}
        for name, rule in plan.events.items():
            if not name.strip() or name.startswith(RESERVED_PREFIX):
                raise InvalidPlanError(f"no rule can be given for the event '{name}'")
            self._rules[name] = _compile(name, rule, f"events[{name}]")
        if plan.traits is not None:
            rule_of_traits = _compile(TRAITS, plan.traits, "traits")
            self._rules[IDENTIFIED] = self._rules[TRAIT_COMPUTED] = rule_of_traits
        self.is_empty = not any(self._rules.values()) and plan.unknown_events is Mode.ALLOW

    def find_faults(self, event: Event) -> list[Fault] | None:
        """Return what the plan has against an event, None if nothing."""
        try:
            rule = self._rules[event.type]
        except KeyError:
            return self._judge_unknown(event)
        if rule is None or rule.fits(event):
            return None
        return list(rule.find_faults(event)) or None

    def _judge_unknown(self, event: Event) -> list[Fault] | None:
        if (
            self._unknown_events is Mode.ALLOW
            or event.kind is not EventKind.TRACK
            or event.type.startswith(RESERVED_PREFIX)
        ):
            return None
        expected = "an event of the tracking plan"
        return [Fault(event.type, "$", UNKNOWN_EVENT, expected, self._unknown_events)]


def heaviest(faults: list[Fault]) -> Fault:
    """Return the fault that decides what becomes of the message."""
    return max(faults, key=lambda fault: _HEAVIEST[fault.mode])


class _CompiledRule:
    def __init__(self, subject: str, rule: PlanRule, where: str) -> None:
        validator = compile_schema(rule.schema, where)
        self._subject = subject
        self._rule = rule
        self._is_valid = validator.is_valid
        self._iter_errors = validator.iter_errors
        self._takes_traits = subject == TRAITS
        self._known = frozenset(rule.schema.get("properties", {}))
        self._known_patterns = _patterns(rule.schema)
        self._counts_unknown = rule.unknown_properties is not Mode.ALLOW

    def fits(self, event: Event) -> bool:
        payload = event.traits if self._takes_traits else event.properties
        return self._is_valid(payload) and (
            not self._counts_unknown or payload.keys() <= self._known
        )

    def find_faults(self, event: Event) -> Iterator[Fault]:
        payload = event.traits if self._takes_traits else event.properties
        left = _MAX_FAULTS
        for error in self._iter_errors(payload):
            fault = self._fault(error)
            if fault.mode is not Mode.ALLOW:
                left -= 1
                yield fault
            if not left:
                return
        if self._counts_unknown:
            yield from self._unknown_properties(payload, left)

    def _fault(self, error: jsonschema_rs.ValidationError) -> Fault:
        code = error.kind.name
        missing = error.kind.property if code == "required" else ""  # type: ignore[attr-defined]  # of that kind
        path = error.instance_path
        first = str(path[0]) if path else missing
        return Fault(
            self._subject,
            json_path(path, last=missing)[:_MAX_PATH],
            code,
            _expected(code, error.kind.as_dict()),
            self._rule.property_modes.get(first, self._rule.mode),
            None if missing else error.instance,
        )

    def _unknown_properties(self, payload: Mapping[str, Any], limit: int) -> Iterator[Fault]:
        for name in payload.keys() - self._known:
            if any(pattern.search(name) for pattern in self._known_patterns):
                continue
            mode = self._rule.property_modes.get(name, self._rule.unknown_properties)
            if mode is not Mode.ALLOW and limit > 0:
                limit -= 1
                path = json_path([name])[:_MAX_PATH]
                expected = "a property of the tracking plan"
                yield Fault(self._subject, path, UNKNOWN_PROPERTY, expected, mode, payload[name])


def _compile(subject: str, rule: PlanRule, where: str) -> _CompiledRule | None:
    """Return a rule ready to judge, None if it lets everything pass."""
    compiled = _CompiledRule(subject, rule, where)  # also says whether the schema is one
    modes = {rule.mode, rule.unknown_properties, *rule.property_modes.values()}
    return None if modes == {Mode.ALLOW} else compiled


def _patterns(schema: Mapping[str, Any]) -> list[Any]:
    try:
        return [re2.compile(pattern) for pattern in schema.get("patternProperties", {})]
    except re2.error as error:
        raise InvalidPlanError(f"patternProperties: {error}") from error


_UNPRINTABLE = re.compile(r"[\x00-\x1f\x7f]")


def _expected(code: str, details: Mapping[str, Any]) -> str:
    """Return what a keyword asks for, in the schema's own words."""
    if code == "required":
        return "required"
    text = ", ".join(
        _words(value)
        for name, value in details.items()
        if name not in {"context", "error", "unexpected"}
    )
    return _UNPRINTABLE.sub(" ", f"{code}: {text}" if text else code)[:_MAX_EXPECTED]


def _words(value: object) -> str:
    if isinstance(value, list):
        return " or ".join(map(_words, value))
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()
