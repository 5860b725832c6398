"""`kikubari mail`."""

import sys

import click

from kikubari.app import Settings
from kikubari.cli.connection import RemoteError, connect
from kikubari.cli.output import as_json_option, show
from kikubari.spec.errors import KikubariError

# What a report says stands at its beginning; this much is read of any message.
_READ_BYTES = 256 * 1024
# sysexits.h: the mail server keeps the message and tries again later.
_TRY_AGAIN = 75


@click.group()
def mail() -> None:
    """Mail that comes back: bounces and complaints."""


@mail.command("receive")
@click.option("--recipient", default="", help="The envelope's recipient, as the mail server says.")
@as_json_option
@click.pass_obj
def receive(settings: Settings, recipient: str, *, as_json: bool) -> None:
    """Take one message from standard input, as a mail server's pipe hands it over.

    Exits with 0 when it was taken, whatever it was, and with 75 when it could not be taken now:
    the mail server then keeps it.
    """
    raw = sys.stdin.buffer.read(_READ_BYTES)
    while sys.stdin.buffer.read(_READ_BYTES):
        pass  # a server that cannot write the rest takes it for a failure
    try:
        with connect(settings) as client:
            answer = client.post_bytes("/hooks/mail", raw, recipient=recipient)
    except KikubariError as error:
        code = error.remote_code if isinstance(error, RemoteError) else error.code
        click.echo(f"{error.message} ({code})", err=True)
        sys.exit(_TRY_AGAIN)
    show(answer, as_json=as_json)
