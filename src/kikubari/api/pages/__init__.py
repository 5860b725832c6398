"""Server-rendered pages: the console for members, a few pages for customers.

They work without JavaScript; nothing here runs any.
"""

from litestar import Router
from litestar.exceptions import HTTPException
from litestar.types import ExceptionHandlersMap

from kikubari.api.authentication import TOKEN_IN_FORM
from kikubari.api.pages import (
    assets,
    broadcasts,
    collecting,
    customer,
    home,
    inbox,
    profiles,
    protection,
    segments,
    session,
    tracking_links,
)
from kikubari.spec.errors import KikubariError

_ERRORS: ExceptionHandlersMap = {
    KikubariError: protection.answer_refusal,
    HTTPException: protection.answer_http_error,
    Exception: protection.answer_fault,
}

console = Router(
    "/",
    route_handlers=[
        home.show_home,
        segments.list_segments,
        segments.show_segment,
        profiles.list_profiles,
        profiles.show_profile,
        broadcasts.list_broadcasts,
        broadcasts.show_broadcast,
        *broadcasts.broadcast_commands,
        inbox.list_inbox,
        inbox.show_mail,
        inbox.show_mail_html,
        collecting.show_collecting,
        session.show_login,
        session.log_in,
        session.log_out,
    ],
    before_request=protection.check_form,
    exception_handlers=_ERRORS,
    opt={TOKEN_IN_FORM: True},
    request_max_body_size=protection.MAX_FORM_BYTES,
    include_in_schema=False,
)
public = Router(
    "/",
    route_handlers=[
        customer.show_unsubscribe,
        customer.unsubscribe,
        customer.show_preferences,
        customer.save_preferences,
        tracking_links.follow_link,
        tracking_links.show_pixel,
        assets.get_asset,
        assets.get_favicon,
        assets.get_product_image,
        assets.get_robots,
    ],
    exception_handlers=_ERRORS,
    request_max_body_size=protection.MAX_FORM_BYTES,
    include_in_schema=False,
)
page_handlers = [console, public]
