"""Conditions compiled to sets, and evaluated for one person."""
