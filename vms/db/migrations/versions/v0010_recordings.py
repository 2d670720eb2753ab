"""Recordings: their index, gaps, plans, retention, locks and seals."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"

CLASSES = [
    {"key": "standard", "name": "Thông thường", "name_en": "Standard", "min_days": 15, "max_days": 30, "priority": 50},
    {"key": "important", "name": "Quan trọng", "name_en": "Important", "min_days": 30, "max_days": 90, "priority": 80},
    {"key": "court", "name": "Phiên tòa", "name_en": "Court", "min_days": 90, "max_days": 365, "priority": 90},
]


def upgrade() -> None:
    op.create_table(
        "recording_class",
        sa.Column("key", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("name_en", sa.String(), nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=False),
        sa.Column("max_days", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", name=op.f("pk_recording_class")),
    )
    op.create_table(
        "recording_day",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "day", "stream", "volume", name=op.f("pk_recording_day")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recording_doomed",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("change_id", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "start_ms", "stream", "volume", name=op.f("pk_recording_doomed")),
    )
    op.create_table(
        "recording_gap",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("source", sa.String(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=True),
        sa.Column("cause", sa.String(), nullable=False),
        sa.Column("fault", sa.String(), nullable=False),
        sa.Column("by", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "start_ms", "source", name=op.f("pk_recording_gap")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "recording_seal",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("day", sa.String(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("segments", sa.Integer(), nullable=False),
        sa.Column("recorded_ms", sa.BigInteger(), nullable=False),
        sa.Column("head", sa.String(), nullable=False),
        sa.Column("sealed_ms", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "day", "volume", name=op.f("pk_recording_seal")),
    )
    op.create_table(
        "recording_segment",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("start_ms", sa.BigInteger(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("end_ms", sa.BigInteger(), nullable=False),
        sa.Column("volume", sa.String(), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("previous", sa.LargeBinary(), nullable=False),
        sa.Column("clock_offset_ms", sa.BigInteger(), nullable=True),
        sa.Column("codec", sa.String(), nullable=False),
        sa.Column("ended", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("camera_id", "start_ms", "stream", name=op.f("pk_recording_segment")),
        sqlite_with_rowid=False,
    )
    op.create_index(
        op.f("ix_recording_segment_volume_start_ms"), "recording_segment", ["volume", "start_ms"], unique=False
    )
    op.create_table(
        "recording_change",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=True),
        sa.Column("wanted", sa.JSON(), nullable=False),
        sa.Column("document", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("proposed_by", sa.String(), nullable=False),
        sa.Column("proposed_ms", sa.BigInteger(), nullable=False),
        sa.Column("decided_by", sa.String(), nullable=True),
        sa.Column("decided_ms", sa.BigInteger(), nullable=True),
        sa.Column("minutes", sa.String(), nullable=False),
        sa.Column("done_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_recording_change_camera_id")),
        sa.ForeignKeyConstraint(["decided_by"], ["account.id"], name=op.f("fk_recording_change_decided_by")),
        sa.ForeignKeyConstraint(["proposed_by"], ["account.id"], name=op.f("fk_recording_change_proposed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_change")),
    )
    op.create_index(op.f("ix_recording_change_camera_id"), "recording_change", ["camera_id"], unique=False)
    op.create_table(
        "recording_keeping",
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("class_key", sa.String(), nullable=False),
        sa.Column("min_days", sa.Integer(), nullable=True),
        sa.Column("max_days", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_recording_keeping_camera_id")),
        sa.ForeignKeyConstraint(["class_key"], ["recording_class.key"], name=op.f("fk_recording_keeping_class_key")),
        sa.PrimaryKeyConstraint("camera_id", name=op.f("pk_recording_keeping")),
    )
    op.create_table(
        "recording_lock",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("from_ms", sa.BigInteger(), nullable=False),
        sa.Column("to_ms", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("reference", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("placed_by", sa.String(), nullable=False),
        sa.Column("placed_ms", sa.BigInteger(), nullable=False),
        sa.Column("released_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_recording_lock_camera_id")),
        sa.ForeignKeyConstraint(["placed_by"], ["account.id"], name=op.f("fk_recording_lock_placed_by")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recording_lock")),
    )
    op.create_index(
        op.f("ix_recording_lock_camera_id_from_ms"), "recording_lock", ["camera_id", "from_ms"], unique=False
    )
    op.create_table(
        "recording_plan",
        sa.Column("valid_to_ms", sa.BigInteger(), nullable=True),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("valid_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("mode", sa.String(), nullable=False),
        sa.Column("stream", sa.String(), nullable=False),
        sa.Column("pre_roll_s", sa.Float(), nullable=False),
        sa.Column("post_roll_s", sa.Float(), nullable=False),
        sa.Column("schedule", sa.JSON(), nullable=False),
        sa.Column("volumes", sa.JSON(), nullable=False),
        sa.Column("set_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["camera_id"], ["camera.id"], name=op.f("fk_recording_plan_camera_id")),
        sa.PrimaryKeyConstraint("camera_id", "valid_from_ms", name=op.f("pk_recording_plan")),
    )
    op.bulk_insert(
        sa.table(
            "recording_class",
            sa.column("key", sa.String()),
            sa.column("name", sa.String()),
            sa.column("name_en", sa.String()),
            sa.column("min_days", sa.Integer()),
            sa.column("max_days", sa.Integer()),
            sa.column("priority", sa.Integer()),
        ),
        CLASSES,
    )
