"""What one person proposes and another decides: the rule itself, for whatever rows hold such proposals."""

from collections.abc import Iterable
from typing import Literal, Protocol, TypeVar

from sqlmodel.ext.asyncio.session import AsyncSession

from vms.db.tables.accounts import Account

Decision = Literal["proposed", "applied", "rejected"]


class NotProposed(Exception):
    """There is no such proposal, or it has been decided."""


class OwnProposal(Exception):
    """Whoever proposed it may not apply it."""


class ProposalRow(Protocol):
    state: str
    proposed_by: str
    decided_by: str | None
    decided_ms: int | None


RowT = TypeVar("RowT", bound=ProposalRow)


def still_open(row: RowT | None) -> RowT:
    """The row itself. Raises `NotProposed`."""
    if row is None or row.state != "proposed":
        raise NotProposed
    return row


def check_other(row: ProposalRow, account_id: str) -> None:
    """Raises `OwnProposal`."""
    if row.proposed_by == account_id:
        raise OwnProposal


def decide(row: ProposalRow, state: Decision, account_id: str, now_ms: int) -> None:
    """Note who decided. Whoever proposed it may take it back (`rejected`), and nothing else. Raises as the checks above."""
    still_open(row)
    if state == "applied":
        check_other(row, account_id)
    row.state, row.decided_by, row.decided_ms = state, account_id, now_ms


async def names_of(session: AsyncSession, account_ids: Iterable[str | None]) -> dict[str | None, str]:
    """What the people are called; empty for nobody."""
    names: dict[str | None, str] = {None: ""}
    for account_id in account_ids:
        if account_id not in names:
            account = await session.get(Account, account_id)
            names[account_id] = account.name if account is not None else ""
    return names
