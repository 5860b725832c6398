"""The kikubari command."""

from kikubari.cli.main import main as main
