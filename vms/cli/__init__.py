"""The command line, and the only place that knows everything: it composes the processes from their parts."""
