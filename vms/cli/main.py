"""The command line. Every command says what is wrong in one sentence; a traceback is a bug."""

import sys

import typer

from vms.cli.bench import bench
from vms.cli.sentences import EXPECTED, sentence

app = typer.Typer(
    name="vms",
    help="Vọng: camera của tỉnh và phiên tòa · the province's cameras and hearings.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.add_typer(bench, name="bench")


@app.callback()
def vms() -> None:
    """Vọng."""


def main() -> None:
    try:
        app()
    except EXPECTED as error:
        print(sentence(error), file=sys.stderr)
        sys.exit(1)


if __name__ == "__main__":
    main()
