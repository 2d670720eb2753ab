"""The organisation: its units of now to choose from, and the whole of it with dates, now and on any other day."""

from pydantic import Field

from vms.access import Action, reach
from vms.organisation.outline import OutlinedCourtroom, OutlinedSite, OutlinedUnit
from web.context import Context
from web.objects import anything
from web.routes.reorganisations import whole
from web.routing import Routes
from web.wire import (
    Body,
    OrganisationAngle,
    OrganisationCourtroom,
    OrganisationOutline,
    OrganisationSite,
    OrganisationUnit,
    UnitChoice,
)

routes = Routes()


@routes.get("/api/units", action=Action.ORGANISATION_READ, object=anything, response=list[UnitChoice])
async def list_units(ctx: Context) -> list[UnitChoice]:
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    reached = tree.subtree(reach(ctx.person, Action.ORGANISATION_READ, ctx.at_ms).units)
    shown = sorted(
        (unit for unit in tree.units.values() if unit.id in reached),
        key=lambda unit: (len(tree.chain(unit.id)), unit.name),
    )
    return [UnitChoice(id=unit.id, name=unit.name, kind=unit.kind) for unit in shown]


class OutlineQuery(Body):
    """`at_ms`: another moment than now."""

    at_ms: int | None = Field(default=None, ge=0, le=253_402_300_799_000)


@routes.get(
    "/api/organisation",
    action=Action.ORGANISATION_READ,
    object=anything,
    query=OutlineQuery,
    response=OrganisationOutline,
)
async def read_organisation(ctx: Context[None, OutlineQuery]) -> OrganisationOutline:
    """What is there of the units that the person reads: those that were below them at that moment. Rights are those of now."""
    at_ms = ctx.at_ms if ctx.query.at_ms is None else ctx.query.at_ms
    units = reach(ctx.person, Action.ORGANISATION_READ, ctx.at_ms).units
    organisation = ctx.services.organisation
    now, everything = ctx.query.at_ms is None, await whole(ctx)
    return OrganisationOutline(
        at_ms=at_ms,
        now=now,
        may_export=ctx.may(Action.ORGANISATION_READ, everything),
        may_reorganise=ctx.may(Action.ORGANISATION_MANAGE, everything),
        units=[_unit(one) for one in await organisation.outline(units, at_ms)],
        sites=[_site(one) for one in await organisation.places(units)] if now else [],
        courtrooms=[_courtroom(one) for one in await organisation.rooms(units)] if now else [],
    )


def _unit(one: OutlinedUnit) -> OrganisationUnit:
    unit, placed = one.unit, one.placed
    return OrganisationUnit(
        id=unit.id,
        key=unit.key,
        kind=unit.kind,
        name=unit.name,
        name_en=unit.name_en,
        parent_id=None if placed is None else placed.parent_id,
        valid_from_ms=unit.valid_from_ms,
        valid_to_ms=unit.valid_to_ms,
        placed_from_ms=0 if placed is None else placed.valid_from_ms,
        placed_to_ms=None if placed is None else placed.valid_to_ms,
        successor=one.successor,
    )


def _site(one: OutlinedSite) -> OrganisationSite:
    return OrganisationSite(
        id=one.site.id,
        key=one.site.key,
        name=one.site.name,
        name_en=one.site.name_en,
        unit_id=one.unit_id,
        legacy_district=one.site.legacy_district,
        latitude=one.site.latitude,
        longitude=one.site.longitude,
        owner=one.site.owner,
        funding=one.site.funding,
        courtrooms=[room.name for room in one.courtrooms],
    )


def _courtroom(one: OutlinedCourtroom) -> OrganisationCourtroom:
    return OrganisationCourtroom(
        id=one.courtroom.id,
        key=one.courtroom.key,
        name=one.courtroom.name,
        court_id=one.court_id,
        site=one.site,
        angles=[
            OrganisationAngle.model_validate({name: getattr(angle, name) for name in OrganisationAngle.model_fields})
            for angle in one.angles
        ],
    )
