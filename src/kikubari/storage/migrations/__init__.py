"""Alembic scripts of the state store."""
