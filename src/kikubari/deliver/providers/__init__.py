"""Ways out: one module a provider."""
