"""The importers of rule tables, and the tables they made."""
