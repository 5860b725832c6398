"""Conditions that are short for others, so that both evaluators know few leaves."""

from kikubari.spec.conditions import (
    Acquired,
    AllOf,
    ColumnFilter,
    Condition,
    ConsentIs,
    Contains,
    CountRange,
    EventCount,
    FirstEvent,
    IsSet,
    LastEvent,
    Not,
    Place,
    Reachable,
    Searched,
    Suppressed,
    Technology,
    TraitIs,
)
from kikubari.spec.topics import PRODUCTS_SEARCHED

# The trait that holds an address of the channel. The copy knows that it is set, never its value.
ADDRESS_TRAITS = {
    "email": "email",
    "sms": "phone",
    "whatsapp": "phone",
    "line": "line_user_id",
    "web_push": "web_push_subscription",
    "app_push": "app_push_token",
}
_AT_LEAST_ONE = CountRange(at_least=1)


def derive(condition: Condition) -> Condition:
    """Return what a short form stands for, anything else as it is."""
    match condition:
        case Reachable(channel=channel):
            return AllOf(
                (
                    TraitIs(ADDRESS_TRAITS[channel], IsSet()),
                    ConsentIs("marketing", channel),
                    Not(Suppressed(channel)),
                )
            )
        case Place(field=field, test=test, source="trait"):
            return TraitIs(field, test)
        case Place(field=field, test=test):
            told = ColumnFilter(field, IsSet())  # type: ignore[arg-type]  # checked on reading
            here = ColumnFilter(field, test)  # type: ignore[arg-type]  # checked on reading
            return LastEvent(among=(told,), where=(here,))
        case Technology(field=field, test=test, window=window):
            return EventCount(_AT_LEAST_ONE, where=(ColumnFilter(field, test),), window=window)
        case Searched(text=text, window=window):
            query = ColumnFilter("query", Contains(text, ignore_case=True))
            return EventCount(_AT_LEAST_ONE, PRODUCTS_SEARCHED, (query,), window)
        case Acquired(field=field, test=test):
            told = ColumnFilter(field, IsSet())
            return FirstEvent(among=(told,), where=(ColumnFilter(field, test),))
    return condition
