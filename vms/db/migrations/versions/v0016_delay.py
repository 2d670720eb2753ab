"""How much later observers see a hearing, and what was dropped before they saw it."""

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"


def upgrade() -> None:
    with op.batch_alter_table("hearing") as table:
        table.add_column(sa.Column("delay_s", sa.Integer(), nullable=False, server_default=sa.text("0")))
        table.add_column(sa.Column("dropped", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        table.alter_column("delay_s", server_default=None)
        table.alter_column("dropped", server_default=None)
