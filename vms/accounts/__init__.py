"""Accounts, passwords, sessions. Knows no HTTP; what a role may do is `vms.access`'s business."""
