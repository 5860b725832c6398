"""How the interpreter shares its time in a server process."""

import gc
import sys

# Threads that compute (sequencer, copier) hand over twenty times sooner than by default: a request
# needs the interpreter several times, and each time waits for a turn.
_SWITCH_SECONDS = 0.00025
_YOUNG_OBJECTS = 50_000


def tune_interpreter() -> None:
    """Keep garbage collection and busy threads from delaying acknowledgements.

    Call it once everything is loaded: what exists by then lives as long as the process and is not
    looked at again. A full collection would otherwise walk every loaded library, and hold up all
    threads for some hundred milliseconds each time.
    """
    gc.collect()
    gc.freeze()
    gc.set_threshold(_YOUNG_OBJECTS, 20, 50)
    sys.setswitchinterval(_SWITCH_SECONDS)
