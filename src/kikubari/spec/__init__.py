"""The vocabulary every room shares. Pure."""
