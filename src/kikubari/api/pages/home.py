"""The root of the server leads to the console."""

from litestar import get
from litestar.response import Redirect

CONSOLE = "/app/"


@get("/", sync_to_thread=False)
def show_home() -> Redirect:
    """Lead to the console, which asks strangers to log in."""
    return Redirect(CONSOLE)
