"""The audit log: append-only, each row bound to the one before it, sealed every day in a file that stands by itself.

Kept for 24 months (TCVN 11930 level 3, Decree 53/2022); who looks at it is in it.
"""

from vms.audit.chain import FIRST_HASH, BadRow, Entry, entry_hash, verify
from vms.audit.log import AuditLog

__all__ = ["FIRST_HASH", "AuditLog", "BadRow", "Entry", "entry_hash", "verify"]
