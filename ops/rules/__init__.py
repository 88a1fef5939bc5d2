"""Importers: they make the rule tables under ``rules/statutes`` from tables of the law.

Each is one command (``python -m ops.rules.betsuhyo --law DIR``), so that an amendment is a new law
table, one command and a diff to review. Nothing here runs with the hub.
"""
