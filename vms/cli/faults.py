"""What commands refuse to do. Light, so that control and workers need not load what only the simulator or a benchmark needs."""


class CannotRun(Exception):
    """A command cannot do what it was asked to. One sentence for the person at the terminal."""
