"""Messages made of blocks: their types, how they become MJML, what is wrong, what changed."""
