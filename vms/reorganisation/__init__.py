"""A reorganisation as one reviewed operation: files in, a dry run that says who gains and loses what, applied by a second person."""

from vms.accounts.two_people import NotProposed, OwnProposal
from vms.reorganisation.service import (
    Proposal,
    Reorganisations,
    StaleProposal,
)

__all__ = ["NotProposed", "OwnProposal", "Proposal", "Reorganisations", "StaleProposal"]
