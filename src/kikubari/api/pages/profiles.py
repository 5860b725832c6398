"""Addresses of people from before the console: they lead to its screens."""

from typing import Annotated
from urllib.parse import quote, urlencode

from litestar import get
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect

from kikubari.api.authentication import requires

_PEOPLE = "/app/profiles"


@get("/profiles", guards=[requires("read")], sync_to_thread=False)
def list_profiles(q: Annotated[str, QueryParameter(max_length=200)] = "") -> Redirect:
    """Lead to the list of people, or to what a search finds."""
    return Redirect(f"{_PEOPLE}?{urlencode({'q': q})}" if q else _PEOPLE)


@get("/profiles/{reference:str}", guards=[requires("read")], sync_to_thread=False)
def show_profile(reference: FromPath[str]) -> Redirect:
    """Lead to one person."""
    return Redirect(f"{_PEOPLE}/{quote(reference, safe='')}")
