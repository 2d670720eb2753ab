"""What there is to look at: the camera tree, and the sites."""

from vms.access import Action
from vms.cameras.catalogue import PlacedCamera
from vms.organisation import OrgTree
from web.camera_access import sight
from web.camera_bodies import camera_body
from web.context import Context
from web.objects import anything
from web.routing import Routes
from web.wire import Site, Tree, TreeNode

routes = Routes()


@routes.get("/api/tree", action=Action.CAMERA_LIST, object=anything, response=Tree, consoles=True)
async def read_tree(ctx: Context) -> Tree:
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    seen = await sight(ctx, Action.CAMERA_LIST)
    cameras = await ctx.services.cameras.catalogue.cameras(seen)
    return Tree(
        nodes=tree_nodes(cameras, tree, seen.units),
        cameras=[camera_body(camera, ctx.person, tree, ctx.at_ms) for camera in cameras],
    )


@routes.get("/api/sites", action=Action.SITE_LIST, object=anything, response=list[Site])
async def list_sites(ctx: Context) -> list[Site]:
    tree = await ctx.services.organisation.tree(ctx.at_ms)
    sites = await ctx.services.cameras.catalogue.sites((await sight(ctx, Action.SITE_LIST)).units)
    return [
        Site(
            id=site.id,
            name=site.name,
            unit=tree.name(site.unit_id),
            legacy_district=site.legacy_district,
            latitude=site.latitude,
            longitude=site.longitude,
        )
        for site in sites
    ]


def tree_nodes(cameras: list[PlacedCamera], tree: OrgTree, reached: frozenset[str]) -> list[TreeNode]:
    """The sites of these cameras and the units over them, as far up as the person reaches; parents first. Pure."""
    sites = {camera.site.id: camera for camera in cameras}
    chains = {
        site_id: [unit for unit in tree.chain(camera.unit_id) if unit in reached] for site_id, camera in sites.items()
    }
    units: dict[str, TreeNode] = {}
    for chain in chains.values():
        for unit, parent in zip(reversed(chain), [None, *reversed(chain)], strict=False):
            units.setdefault(unit, TreeNode(id=unit, name=tree.units[unit].name, kind="unit", parent_id=parent))
    return [
        *units.values(),
        *(
            TreeNode(id=site_id, name=camera.site.name, kind="site", parent_id=next(iter(chains[site_id]), None))
            for site_id, camera in sites.items()
        ),
    ]
