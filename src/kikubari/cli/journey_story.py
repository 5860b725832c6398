"""One person's story in a journey as lines of a table: why, why not, what comes next and when."""

from collections.abc import Iterator
from typing import Any

COLUMNS = ("entry", "at", "what", "why")
Line = dict[str, Any]


def story_lines(story: dict[str, Any]) -> list[Line]:
    """Return a story as lines, the newest entry first; what is asked stands below its step."""
    lines = [*_wanted_lines(story["wanted"], has_entries=bool(story["entries"]))]
    lines += [_line("", one["at"], "refused", one["reason"]) for one in story["refusals"]]
    for entry in story["entries"]:
        lines += _entry_lines(entry)
    return lines


def _line(entry: object, at: object, what: str, why: str) -> Line:
    return {"entry": entry, "at": at, "what": what, "why": why}


def _wanted_lines(wanted: dict[str, Any] | None, *, has_entries: bool) -> Iterator[Line]:
    """Yield what lets people in and what the person has of it, as far as entries do not tell."""
    if wanted is None:
        return
    yield _line("", wanted["since"], "lets in", wanted["text"]["en"])
    if wanted["may"]:
        yield from _asked_lines("", [wanted["may"]], "is for")
    if not has_entries and not wanted["seen"]:
        yield _line("", "", "did", "nothing of that yet")
    for one in wanted["seen"]:
        if one["became"] in ("before_publication", "not_read", ""):
            became = one["became"] or "not written down what came of it"
            yield _line("", one["at"], f"did “{one['event']}”", became)


def _entry_lines(entry: dict[str, Any]) -> Iterator[Line]:
    ordinal = entry["ordinal"]
    yield _line(ordinal, entry["entered_at"], "entered", entry["trigger"])
    if entry["may"]:
        yield from _asked_lines(ordinal, [entry["may"]], "is for")
    for one in entry["path"]:
        yield _line(ordinal, one["at"], one["step"], _passed(one))
        yield from _asked_lines(ordinal, one["asked"], "asked")
        if one["differs"]:
            yield _line(ordinal, "", "  note", "something that changes the answer came later")
    if entry["waiting"]:
        waiting = entry["waiting"]
        yield _line(ordinal, waiting["until"], entry["upcoming"], waiting["why"])
    if entry["leaves_by"]:
        yield from _asked_lines(ordinal, [entry["leaves_by"]], "leaves by")
    for one in entry["ahead"][1:]:
        yield _line(ordinal, one["at"], f"then {one['step']}", _coming(one))
        yield from _asked_lines(ordinal, one["asked"], "asks")
    if entry["ended_at"]:
        yield _line(ordinal, entry["ended_at"], "ended", entry["outcome"])


def _passed(one: dict[str, Any]) -> str:
    said: str = one["way"] + (f" ({one['reason']})" if one["reason"] else "")
    if one["by"]:
        said += f", by “{one['by']['event']}” at {one['by']['at']}"
    message = one["message"]
    if message is None:
        return said
    when = message["sent_at"] or message["due_at"]
    said += f", message {message['id']} {message['state']}" + (f" {when}" if when else "")
    return said + (f": {message['text']['en']}" if message["text"] else "")


def _coming(one: dict[str, Any]) -> str:
    if one["ends"]:
        return "the end"
    way: str = one["way"] or "not known yet"
    if one["asked"]:
        way = f"{way}, as things are now"
    return way if one["until"] == one["at"] else f"until {one['until']}, {way}"


def _asked_lines(entry: object, asked: list[dict[str, Any]], what: str) -> Iterator[Line]:
    for one in asked:
        name = f"  {what} {one['way']}".rstrip()
        yield _line(entry, "", name, f"{_yes(one)} {one['text']['en']}")
        for condition in one["conditions"]:
            yield _line(entry, "", "", f"  {_yes(condition)} {condition['text']['en']}")


def _yes(one: dict[str, Any]) -> str:
    return "yes:" if one["holds"] else "no:"
