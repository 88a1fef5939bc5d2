"""Open, decode, check: accepted, or quarantined with a reason."""
