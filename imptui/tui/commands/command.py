"""Verbs: one class for each thing a person can do with a key, a menu or the palette.

A module of commands ends with `COMMANDS`, and `catalogue.py` names the modules of each screen. A command that only moves
something on the screen is a `View`: it names a protocol of `actions.py` and calls one of its methods. Other commands
override `run`. `refusal` is asked before a command runs, for the hint line, the actions menu and the help, so it must be
quick: it sees only the `Situation`.
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
    """How much a slip of the finger costs."""

    NONE = "changes nothing"
    CHANGES = "changes something on the service"
    DESTROYS = "cannot be taken back"


class Situation(Struct, frozen=True):
    """Where the person is and what the cursor and the marks are on, as a command sees it.

    Every field is true on every screen, or absent: None, or empty, means that the screen does not know it.
    """

    screen: str
    """`fleet`, `device`, `code`, `review`, `deployments`, `logs`, ..."""
    pane: str = ""
    """`tree`, `list`, `detail`, or a pane of another screen."""
    read_only_because: str | None = None
    devices: tuple[DeviceRow, ...] = ()
    """What a command acts on: the marked devices, else the one under the cursor. Empty in the tree."""
    product: Product | None = None
    """The product under the cursor in the tree, or the one that `group`, else the list, belongs to."""
    group: DeviceGroup | None = None
    """The group under the cursor in the tree, the group of the device under the cursor, or the one that the screen shows."""
    tally: Tally | None = None
    """The devices of `group`; None where there is no group, or nobody counted."""
    group_count: int | None = None
    """How many groups `product` has; None where there is no product, or nobody counted."""
    deployment: DeploymentRow | None = None
    """The deployment under the cursor, or the one that the screen shows; in a review, the one whose code is copied."""
    query: Query | None = None
    """What the device list shows; None on screens without that list."""
    key: str | None = None
    """The key that was pressed."""
    more: tuple[object, ...] = ()
    """Whatever else a screen tells its own commands."""

    @property
    def device(self) -> DeviceRow | None:
        """The one device, when it is one."""
        return self.devices[0] if len(self.devices) == 1 else None

    @property
    def is_about_something(self) -> bool:
        """Whether there is anything that commands could act on."""
        return bool(self.devices) or any(each is not None for each in (self.deployment, self.group, self.product))

    @property
    def subject(self) -> str:
        """What the commands are about, in words; foreign text."""
        if self.devices:
            return self.devices[0].device.label if len(self.devices) == 1 else f"{len(self.devices):,} devices"
        if self.deployment is not None:
            return f"deployment {self.deployment.deployment.sha[:12]}"
        if self.group is not None:
            return self.group.name
        return self.product.name if self.product is not None else "nothing"


class Command:
    """A verb.

    Attributes:
        id: Stable name, the key in the user's keymap: `devices.restart`.
        keys: Default keys as Textual names them; a person may rebind or remove each.
        title: What it does, for help, palette and menus.
        footer: One word for the hint line; None keeps it out of there.
        danger: What a slip costs. Anything but NONE is refused in a read-only context and while text is typed.
        group: Heading in the help.
        in_menu: Whether the actions menu (`a`) lists it.
        words: What may be typed after `:`, besides the id.
        panes: Panes of the screen where the key works; empty: in all.
        may_ask: Whether it may open a question, a menu or a form. Keys typed behind its key wait for that dialog.
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
        """Why this cannot be done now, in one sentence; None: it can.

        Subclasses say their own reason in `unavailable`; this adds what holds for all.
        """
        if self.danger is not Danger.NONE and situation.read_only_because is not None:
            return f"Read-only: {situation.read_only_because}."
        return self.unavailable(situation)

    def unavailable(self, situation: Situation) -> str | None:  # noqa: ARG002 - the shape for subclasses
        """The command's own reason why it cannot be done now, or None."""
        return None

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:
        """Do it. Runs beside the user interface and may ask questions; `argument` was typed after the word in command mode.

        Raises:
            Refused: The service said no; the console shows the reason.
            NoAnswer: Nobody answered; the console shows it.
        """
        raise NotImplementedError


class View(Command, Generic[Target]):
    """A verb that changes what is shown and nothing else: one action of a pane or a screen.

    Attributes:
        on: The actions that the view needs, a protocol of `actions.py`.
        act: Calls the action.
        act_on_text: Calls the action with the text that was typed behind the word in command mode.
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
    """Makes the views that stand under one heading of the help."""

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
        """Return one line of the table of keys; see `Command` and `View` for the parts."""
        made = View[Target]()
        made.id, made.title, made.keys = id, title, keys
        made.on, made.act, made.act_on_text = on, act, act_on_text
        made.group, made.footer, made.words = self.group, footer, words
        made.panes = self.panes if panes is None else panes
        return made


def kind_of(row: DeviceRow) -> DeviceKind | None:
    """What a listed device is, from the group it is in."""
    from imptui.domain.device import kind_in

    return kind_in(row.device.group_type)


def is_production(group: DeviceGroup | None) -> bool:
    """Whether a slip in this group reaches the field."""
    return group is not None and group.type is GroupType.PRODUCTION
