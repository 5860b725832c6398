"""Engines: state store, columnar store, leases, migrations. Knows no room."""
