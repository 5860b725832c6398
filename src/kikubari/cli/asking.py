"""Asking whoever typed a command, and what is said where nobody did."""

import sys

import click

from kikubari.spec.errors import InvalidInputError


def confirm(question: str) -> None:
    """Ask for a yes before something is done; a no ends the command.

    Raises:
        InvalidInputError: it was not said, and there is no terminal to ask at.
    """
    try:
        click.confirm(question, abort=True, err=True)
    except click.Abort as error:
        if sys.stdin.isatty():
            raise
        raise InvalidInputError(
            "nothing was done: nobody said yes, and there is no terminal to ask at",
            hint="Say it with --yes.",
        ) from error
