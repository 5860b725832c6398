"""What /api/openapi.json says beyond the signatures: scopes, refusals, names."""

from collections.abc import Iterable, Mapping

from litestar.handlers import HTTPRouteHandler
from litestar.openapi import ResponseSpec
from litestar.openapi.spec import SecurityRequirement
from litestar.types import Method
from litestar.types.internal_types import PathParameterDefinition

from kikubari.api.authentication import Requires
from kikubari.api.errors import ErrorAnswer

SECURITY_SCHEME = "key"
_REFUSALS: Mapping[int, str] = {
    400: "What was sent cannot be used as it is.",
    401: "No key, or one that is not known.",
    403: "The key lacks the scope.",
    404: "Nothing by that id.",
    409: "The thing is in a state that does not allow this.",
    413: "The request is too large.",
    503: "Cannot be done durably just now; nothing was changed.",
}


def document(handlers: Iterable[HTTPRouteHandler]) -> list[HTTPRouteHandler]:
    """Add to handlers of the admin API which scope they require and how they refuse."""
    documented = list(handlers)
    for handler in documented:
        handler.security = [_requirement(handler)]
        handler.responses = {
            status: ResponseSpec(ErrorAnswer, generate_examples=False, description=description)
            for status, description in _REFUSALS.items()
        }
    return documented


def operation_id(
    handler: HTTPRouteHandler, _: Method, __: list[str | PathParameterDefinition]
) -> str:
    """Name an operation as its handler is named."""
    return handler.handler_name


def required_scope(handler: HTTPRouteHandler) -> str | None:
    """Return the scope a handler asks for, None if it is open to everybody."""
    return next((one.scope for one in handler.guards or () if isinstance(one, Requires)), None)


def _requirement(handler: HTTPRouteHandler) -> SecurityRequirement:
    scope = required_scope(handler)
    return {SECURITY_SCHEME: [scope]} if scope else {}
