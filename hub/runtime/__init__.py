"""The worker, the home, supervision, settings, metrics."""
