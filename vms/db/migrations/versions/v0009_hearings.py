"""Hearings, their orders, marks, notes, attendance and room checks."""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"


def upgrade() -> None:
    op.create_table(
        "hearing",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("court_id", sa.String(), nullable=False),
        sa.Column("courtroom_id", sa.String(), nullable=False),
        sa.Column("case_number", sa.String(), nullable=False),
        sa.Column("procedure", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("parties", sa.JSON(), nullable=False),
        sa.Column("judge_id", sa.String(), nullable=False),
        sa.Column("begins_ms", sa.BigInteger(), nullable=False),
        sa.Column("ends_ms", sa.BigInteger(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("paused_from", sa.String(), nullable=True),
        sa.Column("closed_before", sa.Boolean(), nullable=False),
        sa.Column("technical", sa.Boolean(), nullable=False),
        sa.Column("cut", sa.Boolean(), nullable=False),
        sa.Column("judgment_open", sa.Boolean(), nullable=False),
        sa.Column("outcome", sa.String(), nullable=True),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("flags", sa.JSON(), nullable=False),
        sa.Column("checklist", sa.JSON(), nullable=False),
        sa.Column("expected_ms", sa.BigInteger(), nullable=True),
        sa.Column("since_ms", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["court_id"], ["unit.id"], name=op.f("fk_hearing_court_id")),
        sa.ForeignKeyConstraint(["courtroom_id"], ["courtroom.id"], name=op.f("fk_hearing_courtroom_id")),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_hearing_created_by")),
        sa.ForeignKeyConstraint(["judge_id"], ["account.id"], name=op.f("fk_hearing_judge_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing")),
    )
    op.create_index(op.f("ix_hearing_begins_ms"), "hearing", ["begins_ms"], unique=False)
    op.create_index(op.f("ix_hearing_court_id"), "hearing", ["court_id"], unique=False)
    op.create_index(op.f("ix_hearing_courtroom_id_begins_ms"), "hearing", ["courtroom_id", "begins_ms"], unique=False)
    op.create_index(op.f("ix_hearing_judge_id"), "hearing", ["judge_id"], unique=False)
    op.create_table(
        "hearing_acceptance",
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("warning", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_acceptance_account_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_acceptance_hearing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hearing_id", "account_id", name=op.f("pk_hearing_acceptance")),
    )
    op.create_table(
        "hearing_attendance",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("unit", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("angle", sa.String(), nullable=False),
        sa.Column("camera_id", sa.String(), nullable=False),
        sa.Column("observer", sa.Boolean(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_attendance_account_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_attendance_hearing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_attendance")),
    )
    op.create_index(
        op.f("ix_hearing_attendance_hearing_id_began_ms"),
        "hearing_attendance",
        ["hearing_id", "began_ms"],
        unique=False,
    )
    op.create_table(
        "hearing_body_off",
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_body_off_account_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_body_off_hearing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hearing_body_off_unit_id")),
        sa.PrimaryKeyConstraint("hearing_id", "unit_id", name=op.f("pk_hearing_body_off")),
    )
    op.create_table(
        "hearing_mark",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("hidden", sa.Boolean(), nullable=False),
        sa.Column("confirmed_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_mark_account_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_mark_hearing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_mark")),
        sa.UniqueConstraint("hearing_id", "number", name=op.f("uq_hearing_mark_hearing_id_number")),
    )
    op.create_table(
        "hearing_note",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("stage", sa.String(), nullable=False),
        sa.Column("text", sa.String(), nullable=False),
        sa.Column("shared_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_note_account_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_note_hearing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hearing_note_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_note")),
    )
    op.create_index(op.f("ix_hearing_note_account_id"), "hearing_note", ["account_id"], unique=False)
    op.create_index(op.f("ix_hearing_note_hearing_id_at_ms"), "hearing_note", ["hearing_id", "at_ms"], unique=False)
    op.create_table(
        "hearing_room_check",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("passed", sa.Boolean(), nullable=False),
        sa.Column("rows", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_room_check_account_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_room_check_hearing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_room_check")),
    )
    op.create_index(op.f("ix_hearing_room_check_hearing_id"), "hearing_room_check", ["hearing_id"], unique=False)
    op.create_table(
        "observation_order",
        sa.Column("valid_from_ms", sa.BigInteger(), nullable=False),
        sa.Column("valid_to_ms", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("signer", sa.String(), nullable=False),
        sa.Column("angles", sa.JSON(), nullable=False),
        sa.Column("created_ms", sa.BigInteger(), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("revoked_ms", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["created_by"], ["account.id"], name=op.f("fk_observation_order_created_by")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_observation_order_hearing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_observation_order")),
    )
    op.create_index(op.f("ix_observation_order_hearing_id"), "observation_order", ["hearing_id"], unique=False)
    op.create_table(
        "hearing_admission",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("order_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_admission_account_id")),
        sa.ForeignKeyConstraint(
            ["order_id"], ["observation_order.id"], name=op.f("fk_hearing_admission_order_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hearing_admission_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_admission")),
    )
    op.create_index(op.f("ix_hearing_admission_order_id"), "hearing_admission", ["order_id"], unique=False)
    op.create_index(op.f("ix_hearing_admission_unit_id"), "hearing_admission", ["unit_id"], unique=False)
