"""What /api/openapi.json says beyond the signatures: scopes, refusals, names."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import SecurityRequirement, SecurityScheme
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition

from kikubari.api.authentication import OpenToAnybody, Requires, RequiresMember
from kikubari.api.errors import ErrorAnswer

_KEY, _SESSION = "key", "session"
SECURITY_SCHEMES: Mapping[str, SecurityScheme] = MappingProxyType(
    {
        _KEY: SecurityScheme(type="http", scheme="bearer"),
        _SESSION: SecurityScheme(
            type="apiKey",
            security_scheme_in="cookie",
            name="kikubari_session",
            description="A logged-in member; unsafe requests repeat X-CSRF-Token.",
        ),
    }
)
_REFUSALS: Mapping[int, str] = {
    400: "What was sent cannot be used as it is.",
    401: "No key, or one that is not known.",
    403: "The key lacks the scope.",
    404: "Nothing by that id.",
    409: "The thing is in a state that does not allow this.",
    413: "The request is too large.",
    422: "The Idempotency-Key came with another request before.",
    429: "Too much at once; Retry-After says when to come back.",
    503: "Cannot be done durably just now; nothing was changed.",
}


def document(handlers: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """Add to handlers of the admin API which scope they require and how they refuse."""
    documented = list(handlers)
    for handler in documented:
        handler.security = _requirements(handler)
        refusals = {
            status: ResponseSpec(ErrorAnswer, generate_examples=False, description=description)
            for status, description in _REFUSALS.items()
        }
        handler.responses = {**refusals, **(handler.responses or {})}
    return documented


def operation_id(
    handler: HTTPRouteHandler, _: Method, __: list[str | PathParameterDefinition]
) -> str:
    """Name an operation as its handler is named."""
    return handler.handler_name


def _requirements(handler: HTTPRouteHandler) -> list[SecurityRequirement]:
    """Return what opens a handler: either of a list, each with the scope it must have."""
    for guard in handler.guards or ():
        if isinstance(guard, Requires):
            return [{_KEY: [guard.scope]}, {_SESSION: [guard.scope]}]
        if isinstance(guard, RequiresMember):
            return [{_SESSION: []}, {_KEY: []}] if guard.allows_keys else [{_SESSION: []}]
        if isinstance(guard, OpenToAnybody):
            return [{}]  # said aloud: nothing is needed
    raise TypeError(f"{handler.handler_name} does not say who may call it")
