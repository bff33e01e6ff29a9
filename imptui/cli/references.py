"""Resolves references on the command line: identifiers and names to ids."""

from imptui.cli.exit_codes import ExitCode
from imptui.cli.runner import USAGE, Trouble
from imptui.domain.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.fleet.fleet import Fleet


async def the(fleet: Fleet, kind: str, text: str) -> str:
    """Return the id of the one `kind` that `text` names; read the service again if the cache lacks it.

    Raises:
        Trouble: The text names nothing, or several things.
    """
    found = await fleet.look.find(kind, text)
    if not found:
        await fleet.sync.run()
        found = await fleet.look.find(kind, text)
    if not found:
        raise Trouble(f"There is no {kind} {text!r} in the context '{fleet.context.name}'.", ExitCode.NOT_FOUND)
    if len(found) > 1:
        some = ", ".join(found[:5]) + (", ..." if len(found) > 5 else "")
        raise Trouble(f"{len(found)} {kind}s are called {text!r}; name one by its id: {some}", USAGE)
    return found[0]


async def any_of(fleet: Fleet, kinds: tuple[str, ...], text: str) -> tuple[str, str]:
    """Return kind and id of the one thing of several kinds that `text` names; the cache counts before the service.

    Raises:
        Trouble: The text names nothing, or several things.
    """
    for is_read in (False, True):
        if is_read:
            await fleet.sync.run()
        found = [(kind, each) for kind in kinds for each in await fleet.look.find(kind, text)]
        if len(found) == 1:
            return found[0]
        if found:
            some = ", ".join(f"{kind} {each}" for kind, each in found[:5]) + (", ..." if len(found) > 5 else "")
            raise Trouble(f"{len(found)} things are called {text!r}; name one by its id: {some}", USAGE)
    raise Trouble(f"There is no {' or '.join(kinds)} {text!r} in the context '{fleet.context.name}'.", ExitCode.NOT_FOUND)


async def the_product(fleet: Fleet, text: str) -> ProductId:
    """Return the product that `text` names."""
    return ProductId(await the(fleet, "product", text))


async def the_group(fleet: Fleet, text: str) -> GroupId:
    """Return the group that `text` names."""
    return GroupId(await the(fleet, "group", text))


async def the_device(fleet: Fleet, text: str) -> DeviceId:
    """Return the device that `text` names."""
    return DeviceId(await the(fleet, "device", text))


async def the_deployment(fleet: Fleet, text: str) -> DeploymentId:
    """Return the deployment that `text` names."""
    return DeploymentId(await the(fleet, "deployment", text))
