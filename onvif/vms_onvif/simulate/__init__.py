"""The ONVIF half of a simulated province. `vms_onvif.simulate.province` says how to use it."""
