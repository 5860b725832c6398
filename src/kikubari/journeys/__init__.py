"""What should happen to whom, when: broadcasts and flows."""
