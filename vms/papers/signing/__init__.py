"""Electronic signatures on papers: PAdES (ETSI EN 319 142-1, level B-B) by a certificate in a file or on a PKCS#11 token."""

from vms.papers.signing.fault import SigningFault
from vms.papers.signing.load import load_paper_signer

__all__ = ["SigningFault", "load_paper_signer"]
