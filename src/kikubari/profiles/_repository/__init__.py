"""Every query on the tables of profiles."""
