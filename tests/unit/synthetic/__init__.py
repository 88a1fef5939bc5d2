"""The generator of invented residents and of plausible life."""
