"""What to say: personalisation and, later, recommendation and the guard."""
