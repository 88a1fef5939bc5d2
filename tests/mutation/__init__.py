"""Slips put into the engine on purpose: the tests must notice every one."""
