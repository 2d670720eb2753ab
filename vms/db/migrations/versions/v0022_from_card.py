"""Segments that were fetched later from a camera's own card."""

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"


def upgrade() -> None:
    op.add_column("recording_segment", sa.Column("from_card", sa.Boolean(), nullable=False, server_default=sa.false()))
