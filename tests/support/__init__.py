"""What several tiers share."""
