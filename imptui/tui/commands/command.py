"""The classes that commands derive from: one class per verb, for keys, menus and the palette.

A module of commands ends with `COMMANDS`, and `catalogue.py` names the modules of each screen. A command that only changes the
view is a `View`: it names a protocol of `actions.py` and calls one of its methods. Other commands override `run`. The hint line,
the actions menu and the help call `refusal` as well, so it must be quick: it gets only the `Situation`.
"""

from collections.abc import Callable
from enum import Enum
from typing import Generic

from msgspec import Struct

from imptui.domain.device import DeviceKind
from imptui.domain.group import DeviceGroup, GroupType
from imptui.domain.product import Product
from imptui.domain.rows import DeviceRow, Tally
from imptui.fleet.read_model import DeploymentRow
from imptui.query.query import Query
from imptui.tui.commands.actions import Done
from imptui.tui.commands.console_protocol import Console, Target


class Danger(Enum):
    """The damage that a command given by mistake does."""

    NONE = "changes nothing"
    CHANGES = "changes something on the service"
    DESTROYS = "cannot be taken back"


class Situation(Struct, frozen=True):
    """The screen, the pane, and the objects under the cursor and the marks, as a command gets them.

    Every field is true on every screen, or absent: None, or empty, means that the screen does not know it.
    """

    screen: str
    """`fleet`, `device`, `code`, `review`, `deployments`, `logs`, ..."""
    pane: str = ""
    """`tree`, `list`, `detail`, or a pane of another screen."""
    read_only_because: str | None = None
    devices: tuple[DeviceRow, ...] = ()
    """The devices that a command acts on: the marked ones, else the one under the cursor. Empty in the tree."""
    product: Product | None = None
    """The product under the cursor in the tree, or the one that `group`, else the list, belongs to."""
    group: DeviceGroup | None = None
    """The group under the cursor in the tree, the group of the device under the cursor, or the group of the screen."""
    tally: Tally | None = None
    """The counts of `group`; None: there is no group, or it was not counted."""
    group_count: int | None = None
    """The number of groups of `product`; None: there is no product, or they were not counted."""
    deployment: DeploymentRow | None = None
    """The deployment under the cursor, or the one of the screen; in a review, the one whose code is copied."""
    query: Query | None = None
    """The query of the device list; None on screens without that list."""
    key: str | None = None
    """The key that was pressed."""
    more: tuple[object, ...] = ()
    """Further objects that a screen passes to its own commands."""

    @property
    def device(self) -> DeviceRow | None:
        """The device, if there is exactly one."""
        return self.devices[0] if len(self.devices) == 1 else None

    @property
    def is_about_something(self) -> bool:
        """True if there is anything to act on."""
        return bool(self.devices) or any(each is not None for each in (self.deployment, self.group, self.product))

    @property
    def subject(self) -> str:
        """The name of the object that commands act on; foreign text."""
        if self.devices:
            return self.devices[0].device.label if len(self.devices) == 1 else f"{len(self.devices):,} devices"
        if self.deployment is not None:
            return f"deployment {self.deployment.deployment.sha[:12]}"
        if self.group is not None:
            return self.group.name
        return self.product.name if self.product is not None else "nothing"


class Command:
    """A command with its keys, title, danger, and the reason why it is off.

    Attributes:
        id: Stable name, the key in the user's keymap: `devices.restart`.
        keys: Default keys as Textual names them; the user may rebind or remove each.
        title: The description for help, palette and menus.
        footer: One word for the hint line; None: it is not listed there.
        danger: The damage of a mistake. Anything but NONE is refused in a read-only context and while text is typed.
        group: The heading in the help.
        in_menu: True if the actions menu (`a`) lists it.
        words: Words that run it after `:`, besides the id.
        panes: The panes of the screen in which the key works; empty: all.
        may_ask: True if it may open a question, a menu or a form. Keys typed behind its key wait for that dialog.
    """

    id: str
    keys: tuple[str, ...] = ()
    title: str
    footer: str | None = None
    danger: Danger = Danger.NONE
    group: str = "General"
    in_menu: bool = False
    words: tuple[str, ...] = ()
    panes: frozenset[str] = frozenset()
    may_ask: bool = True

    def refusal(self, situation: Situation) -> str | None:
        """Return a sentence why the command cannot run now; None: it can.

        A subclass adds its own reasons in `unavailable`; this method adds the reasons common to all commands.
        """
        if self.danger is not Danger.NONE and situation.read_only_because is not None:
            return f"Read-only: {situation.read_only_because}."
        return self.unavailable(situation)

    def unavailable(self, situation: Situation) -> str | None:  # noqa: ARG002 - the shape for subclasses
        """Return the command's own reason why it cannot run now, or None."""
        return None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:
        """Run the command. It may ask questions; `argument` is the text typed after the word in command mode.

        The dispatcher runs it in a worker.

        Raises:
            Refused: The service refused; the console shows the reason.
            NoAnswer: There was no answer; the console shows that.
        """
        raise NotImplementedError


class View(Command, Generic[Target]):
    """A command that only changes the view: it calls one action of a pane or a screen.

    Attributes:
        on: The protocol of `actions.py` that the view needs.
        act: Calls the action.
        act_on_text: Calls the action with the text typed behind the word in command mode.
    """

    may_ask = False
    on: type[Target]
    act: Callable[[Target], Done]
    act_on_text: Callable[[Target, str], Done] | None = None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Call the action of the nearest object that offers it."""
        target = console.target(self.on)
        if target is None:
            return
        done = self.act_on_text(target, argument) if argument and self.act_on_text is not None else self.act(target)
        if done is not None:
            await done


class ViewGroup(Struct, frozen=True):
    """Makes the views under one heading of the help."""

    group: str
    panes: frozenset[str] = frozenset()

    def __call__(
        self,
        id: str,  # noqa: A002 - the name that settings use
        title: str,
        on: type[Target],
        act: Callable[[Target], Done],
        *keys: str,
        footer: str | None = None,
        words: tuple[str, ...] = (),
        panes: frozenset[str] | None = None,
        act_on_text: Callable[[Target, str], Done] | None = None,
    ) -> View[Target]:
        """Return a view; see `Command` and `View` for the arguments."""
        made = View[Target]()
        made.id, made.title, made.keys = id, title, keys
        made.on, made.act, made.act_on_text = on, act, act_on_text
        made.group, made.footer, made.words = self.group, footer, words
        made.panes = self.panes if panes is None else panes
        return made


def kind_of(row: DeviceRow) -> DeviceKind | None:
    """Return the kind of a listed device, derived from its group."""
    from imptui.domain.device import kind_in

    return kind_in(row.device.group_type)


def is_production(group: DeviceGroup | None) -> bool:
    """Return whether a mistake in this group reaches devices in the field."""
    return group is not None and group.type is GroupType.PRODUCTION
