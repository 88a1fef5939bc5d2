"""The tiers: unit, integration, acceptance, faults."""
