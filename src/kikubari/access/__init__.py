"""Who may do what in the console and the admin API: members, sessions, API keys with scopes."""

from kikubari.access.contracts import SCOPES as SCOPES
from kikubari.access.contracts import ApiKey as ApiKey
from kikubari.access.contracts import Member as Member
from kikubari.access.contracts import NewApiKey as NewApiKey
from kikubari.access.contracts import Principal as Principal
from kikubari.access.keys import ApiKeys as ApiKeys
from kikubari.access.members import Members as Members
