"""The warning for observers is accepted in each session, and with which device.

What was accepted before stays as it was written down, of no session that is known: who watches on accepts once more.
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"


def upgrade() -> None:
    old = sa.table(
        "hearing_acceptance", *(sa.column(name) for name in ("hearing_id", "account_id", "at_ms", "address", "warning"))
    )
    rows = [dict(row) for row in op.get_bind().execute(sa.select(old)).mappings()]
    op.drop_table("hearing_acceptance")
    new = op.create_table(
        "hearing_acceptance",
        sa.Column("hearing_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("session_id", sa.String(), nullable=False),
        sa.Column("at_ms", sa.BigInteger(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("warning", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_hearing_acceptance_account_id")),
        sa.ForeignKeyConstraint(
            ["hearing_id"], ["hearing.id"], name=op.f("fk_hearing_acceptance_hearing_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("hearing_id", "account_id", "session_id", name=op.f("pk_hearing_acceptance")),
    )
    op.bulk_insert(new, [{**row, "session_id": "", "agent": ""} for row in rows])
