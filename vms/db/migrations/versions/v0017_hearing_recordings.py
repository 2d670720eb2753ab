"""Hearings that are recorded for a purpose, and from when to when."""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"


def upgrade() -> None:
    with op.batch_alter_table("hearing") as table:
        table.add_column(sa.Column("recording_purpose", sa.String(), nullable=True))
    op.create_table(
        "hearing_recording",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("purpose", sa.String(), nullable=False),
        sa.Column("camera_ids", sa.JSON(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=True),
        sa.Column("begun_by", sa.String(), nullable=False),
        sa.Column("ended_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["hearing_id"], ["hearing.id"], ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_hearing_recording_hearing_id", "hearing_recording", ["hearing_id"])
    op.create_index("ix_hearing_recording_from_ms", "hearing_recording", ["from_ms"])
