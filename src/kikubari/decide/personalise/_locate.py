"""Finding the place of syntax errors that the library reports without one.

It loses the place whenever something ends too early: a tag, or the template inside a block.
"""

import re

from liquid import Environment
from liquid.exceptions import LiquidError

from kikubari.decide.personalise._markup import iter_liquid

_TAG_NAME = re.compile(r"\{%-?\s*(\w+)")


def locate_early_end(source: str, environment: Environment) -> tuple[int, str]:
    """Return the index of the tag at fault and a plain sentence; (-1, "") when none is found."""
    open_blocks: list[tuple[int, str]] = []
    for index, atom in iter_liquid(source):
        found = _TAG_NAME.match(atom)
        name = found[1] if found else ""
        alone = _as_template(atom, name, environment)
        if alone and (sentence := _error_in(alone, environment)):
            return index, f"{atom} ends too early: {sentence}"
        tag = environment.tags.get(name)
        if tag is not None and tag.block and atom.count("{%") == 1:
            open_blocks.append((index, name))
        elif name.startswith("end") and open_blocks and name == f"end{open_blocks[-1][1]}":
            open_blocks.pop()
    if open_blocks:
        index, name = open_blocks[-1]
        return index, f"{{% {name} %}} is never closed: {{% end{name} %}} is missing"
    return -1, ""


def _as_template(atom: str, name: str, environment: Environment) -> str:
    """Return a complete template around one tag, or nothing for tags that only close or part."""
    if name == "elsif":
        return atom.replace("elsif", "if", 1) + "{% endif %}"
    if name in {"else", "when"} or name.startswith("end"):
        return ""
    tag = environment.tags.get(name)
    is_open = tag is not None and tag.block and atom.count("{%") == 1
    return f"{atom}{{% end{name} %}}" if is_open else atom


def _error_in(template: str, environment: Environment) -> str:
    try:
        environment.from_string(template)
    except LiquidError as error:
        return str(error.message)
    return ""
