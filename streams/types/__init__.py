"""The words that the media plane and the control plane share.

`media` for what flows, `camera` for what is wanted and what is seen of a camera, `bus` for the messages between processes.
This is the only part of `streams` that `vms` may import.
"""
