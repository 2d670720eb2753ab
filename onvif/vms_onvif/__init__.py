"""ONVIF: finding devices, asking them who they are, hearing their events, and playing them (`simulate`)."""
