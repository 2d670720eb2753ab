"""The processes of one machine: the private bus, control, media workers. Knows how they start, end and start again."""
