"""What can be done on every screen."""

from imptui.model.ids import DeviceId, GroupId, ProductId
from imptui.model.query import Scope
from imptui.tui.commands.command import Command, Situation, View
from imptui.tui.commands.console import Console
from imptui.tui.commands.questions import Entry, Form, Menu, Option, Question


class Help(View):
    """Help: what every key does here."""

    id = "app.help"
    keys = ("question_mark", "f1")
    title = "Help: what every key does here"
    action = "help"
    group = "Everywhere"
    words = ("help",)


class Palette(View):
    """Find a command."""

    id = "app.palette"
    keys = ("ctrl+p",)
    title = "Find a command"
    action = "palette"
    group = "Everywhere"


class CommandMode(View):
    """Type a command."""

    id = "app.command"
    keys = ("colon",)
    title = "Type a command"
    action = "command_line"
    group = "Everywhere"


class Actions(View):
    """All actions for what is chosen, with reasons when off."""

    id = "app.actions"
    keys = ("a",)
    title = "All actions for what is chosen, with reasons when off"
    action = "actions"
    group = "Everywhere"
    footer = "actions"


class Errors(View):
    """What went wrong."""

    id = "app.errors"
    keys = ("exclamation_mark",)
    title = "What went wrong"
    action = "errors"
    group = "Everywhere"
    words = (
        "errors",
        "messages",
    )


class Activity(View):
    """What was changed from here."""

    id = "app.activity"
    keys = ("at",)
    title = "What was changed from here"
    action = "activity"
    group = "Everywhere"
    words = (
        "activity",
        "audit",
    )


class Back(View):
    """Back: clear, then go up."""

    id = "app.back"
    keys = ("escape",)
    title = "Back: clear, then go up"
    action = "back"
    group = "Everywhere"


class Leave(View):
    """Back, and out at the root."""

    id = "app.leave"
    keys = ("q",)
    title = "Back, and out at the root"
    action = "leave"
    group = "Everywhere"


class Quit(View):
    """Quit."""

    id = "app.quit"
    keys = ("ctrl+q",)
    title = "Quit"
    action = "quit_now"
    group = "Everywhere"
    words = (
        "q",
        "q!",
        "quit",
    )


class HowToQuit(View):
    """Say how to quit."""

    id = "app.interrupt"
    keys = ("ctrl+c",)
    title = "Say how to quit"
    action = "how_to_quit"
    group = "Everywhere"


class NextPane(View):
    """Next pane."""

    id = "app.next-pane"
    keys = ("tab",)
    title = "Next pane"
    action = "next_pane"
    group = "Everywhere"


class PreviousPane(View):
    """Previous pane."""

    id = "app.previous-pane"
    keys = ("shift+tab",)
    title = "Previous pane"
    action = "previous_pane"
    group = "Everywhere"


class PaneOne(View):
    """First pane."""

    id = "app.pane-1"
    keys = ("1",)
    title = "First pane"
    action = "pane(1)"
    group = "Everywhere"


class PaneTwo(View):
    """Second pane."""

    id = "app.pane-2"
    keys = ("2",)
    title = "Second pane"
    action = "pane(2)"
    group = "Everywhere"


class PaneThree(View):
    """Third pane."""

    id = "app.pane-3"
    keys = ("3",)
    title = "Third pane"
    action = "pane(3)"
    group = "Everywhere"


class PaneFour(View):
    """Fourth pane."""

    id = "app.pane-4"
    keys = ("4",)
    title = "Fourth pane"
    action = "pane(4)"
    group = "Everywhere"


class PaneFive(View):
    """Fifth pane."""

    id = "app.pane-5"
    keys = ("5",)
    title = "Fifth pane"
    action = "pane(5)"
    group = "Everywhere"


class Zoom(View):
    """This pane alone, or all."""

    id = "app.zoom"
    keys = ("f", "plus", "underscore")
    title = "This pane alone, or all"
    action = "zoom"
    group = "Everywhere"
    words = ("zoom",)


class HistoryBack(View):
    """Back in history."""

    id = "app.history-back"
    keys = ("left_square_bracket",)
    title = "Back in history"
    action = "history_back"
    group = "Everywhere"


class HistoryForward(View):
    """Forward in history."""

    id = "app.history-forward"
    keys = ("right_square_bracket",)
    title = "Forward in history"
    action = "history_forward"
    group = "Everywhere"


class LastView(View):
    """The view before this one."""

    id = "app.last-view"
    keys = ("minus",)
    title = "The view before this one"
    action = "last_view"
    group = "Everywhere"


class Refresh(View):
    """Read what is visible now, and sort again."""

    id = "app.refresh"
    keys = ("ctrl+r", "R")
    title = "Read what is visible now, and sort again"
    action = "refresh_now"
    group = "Everywhere"
    words = (
        "refresh",
        "sync",
    )


class Pause(View):
    """Pause or resume live values."""

    id = "app.pause"
    keys = ("p",)
    title = "Pause or resume live values"
    action = "pause"
    group = "Everywhere"
    words = ("pause",)


class Header(View):
    """Header on or off."""

    id = "app.header"
    keys = ("ctrl+e",)
    title = "Header on or off"
    action = "toggle_header"
    group = "Everywhere"
    words = ("header",)


class Screenshot(View):
    """Write a picture of the screen to a file."""

    id = "app.screenshot"
    keys = ("f8",)
    title = "Write a picture of the screen to a file"
    action = "picture"
    group = "Everywhere"
    words = ("screenshot",)


class Mouse(View):
    """Mouse on or off."""

    id = "app.mouse"
    keys = ("f9",)
    title = "Mouse on or off"
    action = "toggle_mouse"
    group = "Everywhere"
    words = ("mouse",)


class Redraw(View):
    """Paint the screen anew."""

    id = "app.redraw"
    keys = ("ctrl+l",)
    title = "Paint the screen anew"
    action = "redraw"
    group = "Everywhere"
    words = ("redraw",)


class NextTheme(View):
    """Next theme."""

    id = "app.theme"
    keys = ()
    title = "Next theme"
    action = "next_theme"
    group = "Everywhere"
    words = ("theme",)


class GoTo(Command):
    """Open a device by any of its identifiers, or list a product or group by name."""

    id = "app.goto"
    title = "Go to a device, group or product by id, MAC, agent id or name"
    group = "Everywhere"
    words = ("goto", "go")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Look in the cache; what is not unique is offered as a menu."""
        text = argument.strip()
        if not text:
            answers = await console.fill(Form("Go to", (Entry("what", "id, MAC or name"),), "Go"))
            text = answers["what"].strip() if answers else ""
        if text:
            await _go(console, text)


async def _go(console: Console, text: str) -> None:
    found = [
        Option(f"{kind}:{ref}", f"{kind} {ref}")
        for kind in ("device", "group", "product")
        for ref in await console.fleet.look.find(kind, text)
    ]
    if not found:
        console.say(f"Nothing known here is called {text}.")
        return
    chosen = found[0].key if len(found) == 1 else await console.choose(Menu(f"Several are called {text}", tuple(found)))
    if chosen is None:
        return
    kind, _, ref = chosen.partition(":")
    if kind == "device":
        console.open_device(DeviceId(ref))
    else:
        console.show_scope(Scope(group_id=GroupId(ref)) if kind == "group" else Scope(product_id=ProductId(ref)))


class ReadOnly(Command):
    """Refuse every change from now on."""

    id = "app.read-only"
    title = "Read-only: refuse every change"
    group = "Everywhere"
    words = ("ro", "readonly")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """It holds where requests leave the process."""
        console.set_read_only("you asked for it with :ro")


class ReadWrite(Command):
    """Allow changes again, after asking."""

    id = "app.read-write"
    title = "Read and write: allow changes again"
    group = "Everywhere"
    words = ("rw",)

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Refused where the context is locked."""
        if situation.read_only_because is None:
            console.say("Changes are allowed already.")
            return
        asked = Question("Allow changes?", (f"It is read-only now: {situation.read_only_because}.",), "Allow changes")
        if await console.ask(asked):
            console.set_read_only(None)


COMMANDS = (
    Help(),
    Palette(),
    CommandMode(),
    Actions(),
    Errors(),
    Activity(),
    Back(),
    Leave(),
    Quit(),
    HowToQuit(),
    NextPane(),
    PreviousPane(),
    PaneOne(),
    PaneTwo(),
    PaneThree(),
    PaneFour(),
    PaneFive(),
    Zoom(),
    HistoryBack(),
    HistoryForward(),
    LastView(),
    Refresh(),
    Pause(),
    Header(),
    Screenshot(),
    Mouse(),
    Redraw(),
    NextTheme(),
    GoTo(),
    ReadOnly(),
    ReadWrite(),
)
