"""HTTP surfaces: admin API, public pages, tracking links. No rules of its own."""
