"""Pages for customers, the signed addresses in messages, and the door to the console.

They work without JavaScript; nothing here runs any.
"""

from litestar import Router
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from kikubari.api.pages import (
    assets,
    confirming,
    customer,
    feedback,
    home,
    known,
    not_for_me,
    own_data,
    permission,
    received,
    refusals,
    subscribing,
    tracking_links,
)
from kikubari.spec.errors import KikubariError

MAX_FORM_BYTES = 16 * 1024

_ERRORS: ExceptionHandlersMap = {
    KikubariError: refusals.answer_refusal,
    HTTPException: refusals.answer_http_error,
    Exception: refusals.answer_fault,
}

page_handlers = [
    Router(
        "/",
        route_handlers=[
            home.show_home,
            customer.show_unsubscribe,
            customer.unsubscribe,
            customer.show_preferences,
            customer.save_preferences,
            confirming.confirm,
            known.show_known,
            known.save_known,
            permission.show_permission,
            permission.answer_permission,
            permission.show_stay,
            permission.answer_stay,
            feedback.show_feedback,
            feedback.give_feedback,
            not_for_me.show_not_for_me,
            not_for_me.say_not_for_me,
            received.show_received,
            own_data.show_data,
            own_data.take_copy,
            own_data.erase,
            subscribing.show_form,
            subscribing.subscribe,
            tracking_links.follow_link,
            tracking_links.show_pixel,
            tracking_links.spring_trap,
            assets.get_asset,
            assets.get_favicon,
            assets.get_product_image,
            assets.get_library_image,
            assets.get_robots,
            assets.get_privacy_control,
        ],
        exception_handlers=_ERRORS,
        request_max_body_size=MAX_FORM_BYTES,
        include_in_schema=False,
    )
]
