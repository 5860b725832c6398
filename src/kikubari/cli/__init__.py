"""The kikubari command."""
