"""The HTTP application behind the tracking API: admin API, pages, health."""

from importlib.metadata import version
from typing import Any, cast

import msgspec
from litestar import Litestar, Request, Response, Router, get
from litestar.datastructures import State
from litestar.di import NamedDependency, Provide
from litestar.exceptions import HTTPException, NotFoundException
from litestar.middleware import DefineMiddleware
from litestar.openapi import OpenAPIConfig, ResponseSpec
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components
from litestar.types import ASGIApp

from kikubari.api.admin import (
    account_handlers,
    approval_handlers,
    audience_handlers,
    audit_handlers,
    broadcast_handlers,
    catalogue_handlers,
    collecting_handlers,
    experiment_handlers,
    governance_handlers,
    guard_handlers,
    image_handlers,
    insight_handlers,
    journey_handlers,
    journey_map_handlers,
    key_handlers,
    life_stage_handlers,
    member_handlers,
    membership_handlers,
    occurrence_handlers,
    offer_handlers,
    open_day_handlers,
    operation_handlers,
    people_handlers,
    person_handlers,
    persona_handlers,
    plan_handlers,
    policy_handlers,
    prediction_handlers,
    preview_handlers,
    product_audience_handlers,
    profile_handlers,
    recipe_handlers,
    recommendation_handlers,
    renewal_handlers,
    rights_handlers,
    sandbox_handlers,
    saved_block_handlers,
    segment_handlers,
    sender_handlers,
    session_handlers,
    simulation_handlers,
    suggestion_handlers,
    suppression_handlers,
    timeline_handlers,
    topic_handlers,
    trial_handlers,
    version_handlers,
    webhook_handlers,
)
from kikubari.api.answers import complete_answers, mend_lists
from kikubari.api.authentication import Authentication
from kikubari.api.console import console_handlers
from kikubari.api.contracts import Health, Services
from kikubari.api.documentation import SECURITY_SCHEMES, document, operation_id
from kikubari.api.errors import answer_fault, answer_http_error, answer_refusal
from kikubari.api.guarding import guarded
from kikubari.api.hooks import hook_handlers
from kikubari.api.pages import page_handlers
from kikubari.api.repeating import repeatable
from kikubari.spec.errors import KikubariError

_MAX_BODY = 2 * 1024 * 1024


@get(
    "/healthz",
    sync_to_thread=True,
    responses={503: ResponseSpec(Health, generate_examples=False, description="Not ready.")},
)
def get_health(services: NamedDependency[Services]) -> Response[Health]:
    """Say whether the process is alive and ready, where the log is, and who lags behind it."""
    health = services.health()
    return Response(health, status_code=200 if health.is_ready else 503)


def create_api(services: Services) -> ASGIApp:
    """Return the application that serves these services."""
    return _create_application(services, version("kikubari"))


def describe_api() -> dict[str, Any]:
    """Return the OpenAPI document, from which the console's client is made when it is built.

    Nothing runs, and the package need not be installed.
    """
    application = _create_application(cast("Services", None), "0")
    # A default can be a struct, which JSON knows nothing of.
    described: dict[str, Any] = msgspec.to_builtins(
        complete_answers(mend_lists(application.openapi_schema.to_schema()))
    )
    return described


# In the order in which the API's page lists them.
_ADMIN_HANDLERS = [
    *collecting_handlers,
    *governance_handlers,
    *plan_handlers,
    *profile_handlers,
    *people_handlers,
    *person_handlers,
    *timeline_handlers,
    *rights_handlers,
    *segment_handlers,
    *audience_handlers,
    *membership_handlers,
    *persona_handlers,
    *prediction_handlers,
    *life_stage_handlers,
    *product_audience_handlers,
    *recommendation_handlers,
    *suggestion_handlers,
    *insight_handlers,
    *broadcast_handlers,
    *experiment_handlers,
    *journey_handlers,
    *journey_map_handlers,
    *occurrence_handlers,
    *offer_handlers,
    *trial_handlers,
    *simulation_handlers,
    *suppression_handlers,
    *policy_handlers,
    *approval_handlers,
    *topic_handlers,
    *webhook_handlers,
    *recipe_handlers,
    *renewal_handlers,
    *guard_handlers,
    *sender_handlers,
    *catalogue_handlers,
    *preview_handlers,
    *version_handlers,
    *saved_block_handlers,
    *image_handlers,
    *sandbox_handlers,
    *key_handlers,
    *open_day_handlers,
    *operation_handlers,
    *session_handlers,
    *account_handlers,
    *member_handlers,
    *audit_handlers,
]


def _create_application(services: Services, product_version: str) -> Litestar:

    def provide_services() -> Services:
        return services

    admin = Router(
        "/api",
        route_handlers=document(_ADMIN_HANDLERS),
        middleware=[repeatable, guarded],
    )
    return Litestar(
        [admin, get_health, console_handlers, *hook_handlers, *page_handlers],
        dependencies={"services": Provide(provide_services, sync_to_thread=False)},
        state=State({"services": services}),
        middleware=[DefineMiddleware(Authentication)],
        exception_handlers={
            KikubariError: answer_refusal,
            HTTPException: answer_http_error,
            Exception: answer_fault,
        },
        openapi_config=_openapi(product_version),
        request_max_body_size=_MAX_BODY,
        signature_types=[Services],
        logging_config=None,
    )


class _MendedJson(JsonRenderPlugin):
    """The document as JSON."""

    def render(self, request: Request[Any, Any, Any], openapi_schema: dict[str, Any]) -> bytes:
        """Return the document."""
        return super().render(request, mend_lists(openapi_schema))


def _openapi(product_version: str) -> OpenAPIConfig:
    return OpenAPIConfig(
        openapi_router=Router(
            "/api", route_handlers=[], include_in_schema=False, before_request=_refuse_other_pages
        ),
        render_plugins=[_MendedJson()],
        title="Kikubari admin API",
        version=product_version,
        components=Components(security_schemes=dict(SECURITY_SCHEMES)),
        operation_id_creator=operation_id,
        use_handler_docstrings=True,
    )


def _refuse_other_pages(request: Request[Any, Any, Any]) -> None:
    """Answer unknown addresses as the API does: the framework has an HTML page for them."""
    if request.url.path != "/api/openapi.json":
        raise NotFoundException
