"""What became of what was sent: outcomes, attribution, reports."""
