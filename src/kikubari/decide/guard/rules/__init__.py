"""The rules R01 to R32, grouped by subject."""
