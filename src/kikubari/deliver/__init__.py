"""Outbox, last gate, message format, providers."""
