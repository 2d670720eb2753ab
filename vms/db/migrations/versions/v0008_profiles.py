"""By which profile a camera is asked for a keyframe."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"


def upgrade() -> None:
    with op.batch_alter_table("stream") as table:
        table.add_column(sa.Column("profile", sa.String(), nullable=False, server_default=""))
        table.alter_column("profile", server_default=None)
