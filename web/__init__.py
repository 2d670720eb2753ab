"""HTTP face of the control plane: routes, wire types, the session cookie, and the built front end."""
