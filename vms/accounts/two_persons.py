"""No administrator gets into somebody's account alone.

Whoever knows an account's password (because they gave it), or said which subject of the identity provider it is, does not take its
second factor away; whoever took that away gives no password and binds no subject. It does not matter how long ago it was: it ends when
the person has set a password, or set up a second factor, that only they know. Pure.
"""

from vms.accounts.faults import SecondPersonNeeded


def refuse_alone(by: str | None, *did: str | None) -> None:
    """Raises `SecondPersonNeeded` when `by` is one of those who `did` the other half. None is the operator at the machine."""
    if by is not None and by in did:
        raise SecondPersonNeeded
