"""When a stream login ends, and whether a second factor was given for it. Those that are there last on, for roles that need none."""

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"


def upgrade() -> None:
    with op.batch_alter_table("stream_login") as table:
        table.add_column(sa.Column("expires_ms", sa.BigInteger(), nullable=True))
        table.add_column(sa.Column("second_factor", sa.Boolean(), nullable=False, server_default=sa.false()))
        table.alter_column("second_factor", server_default=None)
