"""The worker and what stands around it."""
