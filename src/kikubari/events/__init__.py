"""The log, the only truth, and its columnar copy."""
