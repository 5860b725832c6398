"""Composition root: settings, engines and handlers wired to the Protocols that rooms declare."""
