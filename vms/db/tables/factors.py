"""What proves who somebody is, besides the password: one-time codes, recovery codes, another system's word. And old passwords."""

from sqlalchemy import BigInteger, LargeBinary, UniqueConstraint
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Row


class TotpRow(Row, table=True):
    """The shared secret of an authenticator (RFC 6238), sealed. Counts once it is confirmed."""

    __tablename__ = "totp"

    account_id: str = Field(foreign_key="account.id", primary_key=True, ondelete="CASCADE")
    sealed: bytes = Field(sa_type=LargeBinary, repr=False)
    pending: bytes | None = Field(default=None, sa_type=LargeBinary, repr=False)
    """The secret of an enrolment that nobody confirmed yet, sealed."""
    confirmed_ms: int | None = Field(default=None, sa_type=BigInteger)
    last_step: int = Field(default=0, sa_type=BigInteger)
    """The newest step whose code was taken: neither it nor an older one is taken again."""


class RecoveryCode(Row, table=True):
    """One of the codes for a lost authenticator, as its SHA-256 (80 random bits need no salt). Deleted when used."""

    __tablename__ = "recovery_code"

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    code_hash: str = Field(repr=False)


class OldPassword(Row, table=True):
    """A password that must not come back."""

    __tablename__ = "old_password"

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True, ondelete="CASCADE")
    password_hash: str = Field(repr=False)
    replaced_ms: int = Field(sa_type=BigInteger)


class SsoIdentity(Row, table=True):
    """Which account a subject of the identity provider is. Entered by an administrator, never made by a sign-in."""

    __tablename__ = "sso_identity"
    __table_args__ = (UniqueConstraint("issuer", "subject"),)

    account_id: str = Field(foreign_key="account.id", primary_key=True, ondelete="CASCADE")
    issuer: str
    subject: str
    bound_by: str | None = None
    """Whose account said so."""
