"""Control plane: what exists, who may, what happens. No media and no HTTP."""
