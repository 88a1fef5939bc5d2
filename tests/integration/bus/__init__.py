"""The conformance suite of the bus port, and what only the embedded bus has."""
