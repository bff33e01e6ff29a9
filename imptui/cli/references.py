"""From what was typed to the one thing that is meant."""

from imptui.cli.exit_codes import ExitCode
from imptui.cli.runner import USAGE, Trouble
from imptui.domain.ids import DeploymentId, DeviceId, GroupId, ProductId
from imptui.fleet.fleet import Fleet


async def the(fleet: Fleet, kind: str, text: str) -> str:
    """The id of the one `kind` that `text` names; the service is read again when the cache does not know it.

    Raises:
        Trouble: It names nothing, or several things.
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
    """Kind and id of the one thing of several kinds that `text` names; what is known counts before the service is read.

    Raises:
        Trouble: It names nothing, or several things.
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
    """The product that `text` names."""
    return ProductId(await the(fleet, "product", text))


async def the_group(fleet: Fleet, text: str) -> GroupId:
    """The group that `text` names."""
    return GroupId(await the(fleet, "group", text))


async def the_device(fleet: Fleet, text: str) -> DeviceId:
    """The device that `text` names."""
    return DeviceId(await the(fleet, "device", text))


async def the_deployment(fleet: Fleet, text: str) -> DeploymentId:
    """The deployment that `text` names."""
    return DeploymentId(await the(fleet, "deployment", text))
