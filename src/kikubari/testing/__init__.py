"""Public fakes of the Protocols, for tests only."""
