"""The root of the server leads to the console."""

from litestar import get
from litestar.response import Redirect

from kikubari.api.authentication import requires

CONSOLE = "/app/"


@get("/", guards=[requires("read")], sync_to_thread=False)
def show_home() -> Redirect:
    """Lead a member to the console; everybody else is led to the log-in first."""
    return Redirect(CONSOLE)
