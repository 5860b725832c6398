"""Products as sources state them."""
