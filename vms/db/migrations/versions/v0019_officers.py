"""Who sits and acts in a hearing beside its presiding judge."""

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"


def upgrade() -> None:
    with op.batch_alter_table("hearing") as table:
        table.add_column(sa.Column("officers", sa.JSON(), nullable=False, server_default=sa.text("'[]'")))
        table.alter_column("officers", server_default=None)
