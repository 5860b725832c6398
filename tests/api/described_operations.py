"""How tests call operations they know only from the description."""

import re

METHODS = {"get", "post", "put", "patch", "delete"}
# Parameters that are numbers.
NUMBERS = {"mail_id", "source_id", "version"}


def example_path(path: str) -> str:
    """Return a path with ids that belong to nothing."""
    return re.sub(r"\{(\w+)\}", lambda name: "999999" if name[1] in NUMBERS else "nothing", path)
