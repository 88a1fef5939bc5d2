"""Routing plans by the catalogue alone, and releases only what a rule names."""
