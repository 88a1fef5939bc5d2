"""The ways between existing systems and the hub."""
