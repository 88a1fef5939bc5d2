"""The tables that all months share; a month's own table is made when the month is taken in."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make ``months``, ``shapes`` and ``aliases``."""
    op.create_table(
        "months",
        _month(),
        sa.Column("next", sa.BigInteger, nullable=False),
        sa.Column("leaf", sa.LargeBinary, nullable=False),
        sa.Column("earliest", sa.BigInteger),
        sa.Column("latest", sa.BigInteger),
        sa.Column("ready", sa.Boolean, nullable=False),
    )
    _make_shapes()
    _make_aliases()


def _month() -> sa.Column[str]:
    return sa.Column("month", sa.String(7), primary_key=True)


def _make_shapes() -> None:
    op.create_table(
        "shapes",
        _month(),
        sa.Column("id", sa.Integer, primary_key=True, autoincrement=False),
        *(sa.Column(name, sa.String, nullable=False) for name in ("kind", "code", "from")),
        *(sa.Column(name, sa.String) for name in ("feed", "to", "law", "article")),
        *(sa.Column(name, sa.String) for name in ("rule", "operator")),
    )


def _make_aliases() -> None:
    op.create_table(
        "aliases",
        _month(),
        sa.Column("message", sa.String, primary_key=True),
        sa.Column("subject", sa.LargeBinary, primary_key=True),
    )
    op.create_index("aliases_subject", "aliases", ["subject"])
    op.create_index("aliases_message", "aliases", ["message"])
