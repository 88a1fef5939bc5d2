"""One port, two adapters."""
