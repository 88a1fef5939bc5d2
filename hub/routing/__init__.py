"""Decide per recipient, keep only the permitted items, seal for the recipient."""
