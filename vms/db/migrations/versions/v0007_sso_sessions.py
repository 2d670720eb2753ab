"""Sessions that began by single sign-on."""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    op.add_column("session", sa.Column("by_sso", sa.Boolean(), nullable=True))
