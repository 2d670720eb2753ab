"""A reorganisation as one reviewed operation: files in, a dry run that says who gains and loses what, applied by a second person."""

from vms.reorganisation.service import (
    NotProposed,
    OwnProposal,
    Proposal,
    Reorganisations,
    StaleProposal,
)

__all__ = ["NotProposed", "OwnProposal", "Proposal", "Reorganisations", "StaleProposal"]
