"""Registers the simulated devices through the API, as a technician would: cameras by ONVIF, courtroom angles by RTSP address."""

import csv
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from vms.cli.client import Api
from vms.cli.province import CameraRow, EncoderRow
from vms.cli.simulator.simulation import PASSWORD, USERNAME, Simulation

MOST_AT_ONCE = 1000
_LOGIN = {"username": USERNAME, "password": PASSWORD}
Item = dict[str, Any]


class Places:
    """The ids of sites and courtrooms by their keys in the province's files."""

    def __init__(self, sites: dict[str, str], courtrooms: dict[str, str]) -> None:
        self.sites = sites
        self.courtrooms = courtrooms

    @classmethod
    async def read(cls, api: Api, folder: Path) -> "Places":
        """By their names, which is what the API shows."""
        site_ids = {site["name"]: site["id"] for site in await api.call("GET", "/api/sites")}
        room_ids = {(room["court"], room["name"]): room["id"] for room in await api.call("GET", "/api/courtrooms")}
        units = {row["key"]: row["name"] for row in rows(folder / "units.csv")}
        sites = {row["key"]: site_ids[row["name"]] for row in rows(folder / "sites.csv") if row["name"] in site_ids}
        rooms = {
            row["key"]: room_ids[named]
            for row in rows(folder / "courtrooms.csv")
            if (named := (units.get(row["court"], ""), row["name"])) in room_ids
        }
        return cls(sites, rooms)


def camera_items(simulation: Simulation, rows: Iterable[CameraRow], places: Places) -> list[Item]:
    return [
        {
            "xaddr": f"http://{row.address}:{simulation.onvif_port}/onvif/device_service",
            "name": row.name,
            "number": row.number,
            "site_id": places.sites[row.site],
            **_LOGIN,
        }
        for row in rows
    ]


def angle_items(
    simulation: Simulation, rows: Iterable[EncoderRow], places: Places, sites: dict[str, str]
) -> list[Item]:
    """One item for each picture. `sites` names each courtroom's site by key."""
    return [
        {
            "rtsp_main": f"rtsp://{row.address}:{simulation.rtsp_port}/ch{place}/main",
            "rtsp_sub": f"rtsp://{row.address}:{simulation.rtsp_port}/ch{place}/sub",
            "name": angle.name,
            "number": angle.number,
            "site_id": places.sites[sites[row.courtroom]],
            "courtroom_id": places.courtrooms[row.courtroom],
            "angle": angle.angle,
            **_LOGIN,
        }
        for row in rows
        for place, angle in enumerate(row.angles, start=1)
    ]


async def register(api: Api, items: Sequence[Item]) -> list[dict[str, Any]]:
    """Register all and wait; how each of them ended (`RegistrationProgress`), in the same order."""
    ended: list[dict[str, Any]] = []
    for start in range(0, len(items), MOST_AT_ONCE):
        job = await api.call("POST", "/api/registrations", {"items": list(items[start : start + MOST_AT_ONCE])})
        ended += (await api.finished(f"/api/registrations/{job['id']}"))["items"]
    return ended


def courtroom_sites(folder: Path) -> dict[str, str]:
    return {row["key"]: row["site"] for row in rows(folder / "courtrooms.csv")}


def rows(file: Path) -> list[dict[str, str]]:
    """The lines of one of the province's files."""
    with file.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))
