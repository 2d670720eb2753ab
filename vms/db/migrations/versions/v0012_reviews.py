"""Evaluation sheets, and minutes of meetings about hearings."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"


def upgrade() -> None:
    op.create_table(
        "hearing_evaluation",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("evaluated", sa.String(), nullable=False),
        sa.Column("template", sa.String(), nullable=False),
        sa.Column("scores", sa.JSON(), nullable=False),
        sa.Column("strengths", sa.String(), nullable=False),
        sa.Column("weaknesses", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("final_ms", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_evaluation_account_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_evaluation_hearing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hearing_evaluation_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_evaluation")),
        sa.UniqueConstraint("hearing_id", "account_id", name=op.f("uq_hearing_evaluation_hearing_id_account_id")),
    )
    op.create_index(op.f("ix_hearing_evaluation_unit_id"), "hearing_evaluation", ["unit_id"], unique=False)
    op.create_index(op.f("ix_hearing_evaluation_final_ms"), "hearing_evaluation", ["final_ms"], unique=False)
    op.create_table(
        "hearing_review",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("unit_id", sa.String(), nullable=False),
        sa.Column("began_ms", sa.BigInteger(), nullable=False),
        sa.Column("ended_ms", sa.BigInteger(), nullable=True),
        sa.Column("place", sa.String(), nullable=False),
        sa.Column("chair", sa.String(), nullable=False),
        sa.Column("secretary", sa.String(), nullable=False),
        sa.Column("prosecutor_id", sa.String(), nullable=True),
        sa.Column("participants", sa.JSON(), nullable=False),
        sa.Column("opinions", sa.JSON(), nullable=False),
        sa.Column("strengths", sa.String(), nullable=False),
        sa.Column("weaknesses", sa.String(), nullable=False),
        sa.Column("conclusion", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("final_ms", sa.BigInteger(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_review_account_id")),
        sa.ForeignKeyConstraint(["prosecutor_id"], ["account.id"], name=op.f("fk_hearing_review_prosecutor_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_review_hearing_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(["unit_id"], ["unit.id"], name=op.f("fk_hearing_review_unit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_hearing_review")),
        sa.UniqueConstraint("hearing_id", "unit_id", name=op.f("uq_hearing_review_hearing_id_unit_id")),
    )
    op.create_index(op.f("ix_hearing_review_unit_id"), "hearing_review", ["unit_id"], unique=False)
    op.create_index(op.f("ix_hearing_review_final_ms"), "hearing_review", ["final_ms"], unique=False)
