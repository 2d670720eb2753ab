"""Who gave a password, took a second factor away, bound single sign-on: nobody does two of these to one account alone."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"


def upgrade() -> None:
    op.add_column("account", sa.Column("password_given_by", sa.String(), nullable=True))
    op.add_column("account", sa.Column("totp_taken_by", sa.String(), nullable=True))
    op.add_column("sso_identity", sa.Column("bound_by", sa.String(), nullable=True))
