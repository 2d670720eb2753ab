"""Sessions that began by single sign-on."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    op.add_column("session", sa.Column("by_sso", sa.Boolean(), nullable=True))
