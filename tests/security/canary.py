"""A value that is in the environment of the server and must never come out of it."""

CANARY = "zqcanaryvalue"
