"""Conformance of the buses."""
