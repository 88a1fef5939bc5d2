"""How the index's tables came to be, one step a version (Alembic)."""
