"""Log-in and log-out."""

import hmac
from typing import Any

from litestar import Request, Response, get, post
from litestar.datastructures import Cookie
from litestar.di import NamedDependency
from litestar.params import URLEncodedBody

from kikubari.access import WrongCredentialsError
from kikubari.api.authentication import actor_of
from kikubari.api.contracts import Services
from kikubari.api.cookies import clear_session, set_session
from kikubari.api.pages.protection import CSRF_FIELD, go, local_path
from kikubari.api.pages.rendering import PageRequest, render
from kikubari.kit.ids import random_token

# Nobody has a session before the log-in, so the form proves itself by a cookie of its own:
# another site can neither read nor set it.
LOGIN_COOKIE = "kikubari_login"
Form = URLEncodedBody[dict[str, str]]


@get("/login", sync_to_thread=False)
def show_login(request: PageRequest) -> Response[Any]:
    """Show the log-in form, or go on if somebody is logged in."""
    target = local_path(request.query_params.get("next", "/"))
    if request.user is not None:
        return go(target)
    return _login_page(request, target)


@post("/login", sync_to_thread=True)  # checking a password takes a tenth of a second on purpose
def log_in(request: PageRequest, services: NamedDependency[Services], data: Form) -> Response[Any]:
    """Open a session."""
    target, email = local_path(data.get("next", "/")), data.get("email", "")
    expected = request.cookies.get(LOGIN_COOKIE, "")
    if not expected or not hmac.compare_digest(
        expected.encode(), data.get(CSRF_FIELD, "").encode("utf-8", "replace")
    ):
        return _login_page(request, target, email=email, problem="stale", status=403)
    try:
        step = services.access.log_in.by_password(
            email, data.get("password", ""), actor_of(request)
        )
    except WrongCredentialsError:
        return _login_page(request, target, email=email, problem="wrong", status=401)
    if step.session is None:  # a second factor: the console asks for it
        return go("/app/login")
    answer = go(target)
    set_session(request, answer, step.session)
    answer.delete_cookie(LOGIN_COOKIE)
    return answer


@post("/logout", sync_to_thread=True)
def log_out(request: PageRequest, services: NamedDependency[Services]) -> Response[Any]:
    """End the session."""
    if request.user is not None and request.user.session is not None:
        services.access.log_in.log_out(request.user.session, actor_of(request))
    answer = go("/login")
    clear_session(request, answer)
    return answer


def _login_page(
    request: PageRequest, target: str, *, email: str = "", problem: str = "", status: int = 200
) -> Response[str]:
    token = random_token()
    values = {"login_token": token, "next": target, "email": email, "problem": problem}
    answer = render(request, "login.html", values, status=status)
    answer.set_cookie(_cookie(request, LOGIN_COOKIE, token, "strict"))
    return answer


def _cookie(request: Request[Any, Any, Any], name: str, value: str, same_site: Any) -> Cookie:
    is_secure = request.url.scheme == "https"
    return Cookie(name, value=value, httponly=True, samesite=same_site, secure=is_secure)
