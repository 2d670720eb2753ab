"""Control's side of the bus: desired state out, live state in, views opened and kept, credentials answered, alarms taken."""
