"""Clock, ids, money, instants. Pure."""
