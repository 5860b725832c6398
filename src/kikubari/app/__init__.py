"""Composition root: settings, engines and handlers wired to the Protocols that rooms declare.

The door gives what every command needs and is quick to load. The processes themselves are in
`kikubari.app.server`: it loads every engine, which takes a second, so commands that find a
running server leave it alone.
"""

from kikubari.app.presence import Presence as Presence
from kikubari.app.presence import ServerAddress as ServerAddress
from kikubari.app.settings import Settings as Settings
from kikubari.app.settings import describe_settings as describe_settings
from kikubari.app.settings import read_settings as read_settings
