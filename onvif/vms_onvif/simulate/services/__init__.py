"""What a simulated device answers, one module per ONVIF service. Knows no sockets and no HTTP."""
