"""`vms bench …`: every claim about speed, measured. One module for each command; each prints one JSON object as its last line.

A benchmark measures its baseline in the same run, tells the CPU of the server apart from that of the simulator and the receivers,
and says in its `how` key what it measured by which means.
"""

import typer

from vms.cli.bench.crash import crash
from vms.cli.bench.cut import cut
from vms.cli.bench.discovery import discovery
from vms.cli.bench.disk_full import disk_full
from vms.cli.bench.egress import egress
from vms.cli.bench.hearing import hearing
from vms.cli.bench.ingest import ingest
from vms.cli.bench.latency import latency
from vms.cli.bench.motion import motion
from vms.cli.bench.power import power
from vms.cli.bench.province import province
from vms.cli.bench.record import record
from vms.cli.bench.revoke import revoke
from vms.cli.bench.simulator import simulator
from vms.cli.bench.storm import storm
from vms.cli.bench.timeline import timeline
from vms.cli.bench.wall import wall
from vms.cli.logs import set_up_logs

bench = typer.Typer(help="Đo hiệu năng · measure.", no_args_is_help=True)


@bench.callback()
def benchmarks() -> None:
    """Each command prints one JSON object as its last line."""
    set_up_logs("warning")


bench.command("crash")(crash)
bench.command("cut")(cut)
bench.command("discovery")(discovery)
bench.command("disk-full")(disk_full)
bench.command("egress")(egress)
bench.command("hearing")(hearing)
bench.command("latency")(latency)
bench.command("ingest")(ingest)
bench.command("motion")(motion)
bench.command("province")(province)
bench.command("power")(power)
bench.command("record")(record)
bench.command("revoke")(revoke)
bench.command("simulator")(simulator)
bench.command("storm")(storm)
bench.command("timeline")(timeline)
bench.command("wall")(wall)
