"""People who sign in, the roles they hold, and their running sessions."""

from sqlalchemy import BigInteger
from sqlmodel import Field

from vms.db.ids import new_id
from vms.db.tables.row import Dated, Row


class Account(Row, table=True):
    """`login_key` is the login as it is compared: NFKC and without case."""

    __tablename__ = "account"

    id: str = Field(default_factory=new_id, primary_key=True)
    login: str
    login_key: str = Field(unique=True)
    name: str
    password_hash: str = Field(repr=False)
    password_set_ms: int = Field(sa_type=BigInteger)
    must_change_password: bool = True
    language: str = "vi"
    locked: bool = False
    """By an administrator. Failed sign-ins never set this: strangers would lock people out."""
    created_ms: int = Field(sa_type=BigInteger)
    created_by: str | None = Field(default=None, foreign_key="account.id")
    password_given_by: str | None = None
    """Whose account gave the present password, and so knows it; None once the person has set an own one."""
    totp_taken_by: str | None = None
    """Whose account took the second factor away; None once the person has set up another."""


class GrantRow(Dated, table=True):
    """A role, held in a unit (and all below it), for a time."""

    __tablename__ = "role_grant"

    id: str = Field(default_factory=new_id, primary_key=True)
    account_id: str = Field(foreign_key="account.id", index=True)
    role: str
    unit_id: str = Field(foreign_key="unit.id", index=True)
    granted_by: str | None = Field(default=None, foreign_key="account.id")
    source: str | None = None
    """`oidc` for a role that single sign-on brought, and that ends when it brings it no more."""


class SessionRow(Row, table=True):
    """A sign-in that lasts. The cookie's token is stored as its SHA-256: it has 256 random bits, so it needs no salt."""

    __tablename__ = "session"

    id: str = Field(default_factory=new_id, primary_key=True)
    token_hash: str = Field(unique=True, repr=False)
    account_id: str = Field(foreign_key="account.id", index=True)
    created_ms: int = Field(sa_type=BigInteger)
    touched_ms: int = Field(sa_type=BigInteger)
    expires_ms: int = Field(sa_type=BigInteger)
    """The end that no activity moves."""
    address: str = ""
    agent: str = ""
    second_factor_ms: int | None = Field(default=None, sa_type=BigInteger)
    """When the code of the second factor was given; None: not (yet)."""
    by_sso: bool | None = None
    """Whether it began by single sign-on: then no password is asked for."""
