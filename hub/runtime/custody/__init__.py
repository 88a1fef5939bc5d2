"""Files from their sender to their erasure: the adapters around ``hub.custody``."""
