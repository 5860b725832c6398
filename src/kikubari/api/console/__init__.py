"""The console: a program for the browser, built from `console/` and served from here."""

from kikubari.api.console.serving import console_handlers as console_handlers
