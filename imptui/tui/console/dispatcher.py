"""Run commands, given by a key, from a menu, from the palette, or typed after `:`."""

from collections.abc import Iterable
from functools import partial
from time import monotonic

from textual.widget import Widget

from imptui.client.errors import NoAnswer
from imptui.config.keys import Keymap, key_label
from imptui.domain.errors import Refused
from imptui.tui.commands.actions import LineActions
from imptui.tui.commands.command import Command, Situation, View
from imptui.tui.commands.console_protocol import Console, Target
from imptui.tui.commands.questions import Menu, Option
from imptui.tui.console.navigator import Navigator
from imptui.tui.console.notifier import Notifier
from imptui.tui.terminal.cell_diff_app import CellDiffApp

ASKING = "dialogs"
"""The group of workers whose commands may ask."""

QUIET = "commands"
"""The group of workers whose commands never ask."""


class Dispatcher:
    """Finds the target of a command, runs the command, and reports a failure.

    Args:
        app: Runs the workers.
        console: The console that commands get.
        navigator: Has the screen and its focus.
        notifier: Shows refusals and menus.
        keymap: The keys of each command, for menus.
        everywhere: Offers the actions of every screen.

    Attributes:
        refused_at: The time of the last refusal or failure of a command, by `time.monotonic`.
    """

    def __init__(
        self,
        app: CellDiffApp,
        console: Console,
        navigator: Navigator,
        notifier: Notifier,
        keymap: Keymap,
        everywhere: object,
    ) -> None:
        self._app = app
        self._console = console
        self._navigator = navigator
        self._notifier = notifier
        self._keymap = keymap
        self._everywhere = everywhere
        self.refused_at = 0.0

    # Targets

    def target(self, kind: type[Target]) -> Target | None:
        """Return the nearest object that offers these actions; see `Console.target`."""
        screen, page = self._navigator.screen, self._navigator.page
        around: list[object] = [*screen.focused.ancestors_with_self] if screen.focused is not None else [screen]
        found = next((each for each in around if isinstance(each, kind)), None)
        if found is not None:
            return found
        for pane in page.panes() if page is not None else ():
            if page is not None and isinstance(pane, kind):
                page.reveal_pane(pane)
                return pane
        found = next((each for each in (page, self, self._everywhere) if isinstance(each, kind)), None)
        if found is None:
            self._notifier.show_message("That does nothing here.")
        return found

    # Running commands

    async def press(self, command: Command, situation: Situation) -> None:
        """Run the command of a key: a view immediately, any other command in a worker."""
        if isinstance(command, View):
            await command.run(self._console, situation)
        else:
            self.start(command, situation)

    def start(self, command: Command, situation: Situation) -> None:
        """Run a command in a worker; a refusal is shown instead."""
        why = command.refusal(situation)
        if why is not None:
            self._refuse(why)
            return
        group = ASKING if command.may_ask else QUIET
        self._app.run_beside(partial(self._run, command, situation, ""), group=group, name=command.id)

    async def _run(self, command: Command, situation: Situation, argument: str) -> None:
        try:
            await command.run(self._console, situation, argument)
        except (Refused, NoAnswer) as error:
            self.refused_at = monotonic()
            self._notifier.fail(command.title, error)

    def _refuse(self, why: str) -> None:
        self.refused_at = monotonic()
        self._notifier.show_message(why)

    @property
    def running(self) -> int:
        """The number of running commands that may ask."""
        return sum(each.group == ASKING and not each.is_finished for each in self._app.workers)

    def is_busy(self, *, with_lists: bool = False) -> bool:
        """Return whether a command may still open a dialog; with lists, also whether a list is being read."""
        groups = {ASKING, "list"} if with_lists else {ASKING}
        return any(each.group in groups and not each.is_finished for each in self._app.workers)

    # Ways to give a command

    def action_palette(self) -> None:
        """Show every command in a menu that typing narrows."""
        self._app.run_beside(partial(self._choose_command, is_menu=False), group=ASKING)

    def action_actions(self) -> None:
        """Show the commands for the chosen objects, with the reason if one is off."""
        self._app.run_beside(partial(self._choose_command, is_menu=True), group=ASKING)

    def action_command_line(self) -> None:
        """Ask for a command to type."""
        self._app.run_beside(self._ask_command, group=ASKING)

    async def _choose_command(self, *, is_menu: bool) -> None:
        page = self._navigator.page
        if page is None:
            return
        situation = page.situation()
        offered = [each for each in page.commands if (each.in_menu or not is_menu) and each.id != "app.palette"]
        if is_menu:
            offered = [each for each in offered if not each.panes or situation.pane in each.panes]
        options = tuple(self._option(each, situation, is_menu=is_menu) for each in offered)
        about = f" for {situation.subject}" if situation.is_about_something else ""
        title = f"Actions{about}" if is_menu else "Find a command"
        menu = Menu(title, options, can_filter=not is_menu, opened_by="a" if is_menu else None)
        chosen = await self._notifier.choose(menu)
        for each in offered:
            if each.id == chosen:
                await self._run(each, situation, "")

    def _option(self, command: Command, situation: Situation, *, is_menu: bool) -> Option:
        keys = self._keymap.keys_of(command.id, command.keys)
        words = f":{command.words[0]}" if command.words else ""
        detail = "" if is_menu else " ".join([*map(key_label, keys[:2]), words])
        hotkey = key_label(keys[0]) if is_menu and keys else None
        return Option(command.id, command.title, detail, command.refusal(situation), hotkey)

    async def _ask_command(self) -> None:
        from imptui.tui.widgets.dialogs.command_line import CommandLine

        page = self._navigator.page
        if page is None:
            return
        options = [Option(word, f"{word}  {each.title}") for word, each in sorted(words_of(page.commands).items())]
        typed = await self._navigator.ask(CommandLine(options))
        if typed:
            await self.run_typed(typed)

    async def run_typed(self, typed: str) -> None:
        """Run the text typed after `:`: a word or the id of a command, with its argument. A number goes to a line of a text."""
        page = self._navigator.page
        if page is None:
            return
        pane = page.pane_name()
        words = words_of(each for each in page.commands if not each.panes or pane in each.panes)
        word, _, argument = typed.partition(" ")
        if word.isdigit() and "line" in words and words["line"].id == "text.line":
            lines = self.target(LineActions)
            if lines is not None:
                lines.go_line(int(word))
            return
        command = words.get(word) or words_of(page.commands).get(word)
        command = command or next((each for each in page.commands if each.id == word), None)
        if command is None:
            self._refuse(f"There is no command :{word}; ? shows what there is.")
            return
        situation = page.situation()
        why = command.refusal(situation) or elsewhere(command, pane, page.panes())
        if why is not None:
            self._refuse(why)
        else:
            await self._run(command, situation, argument)


def elsewhere(command: Command, pane: str, panes: Iterable[Widget]) -> str | None:
    """Return where a command works if that is not the focused pane; None: it works here."""
    if not command.panes or pane in command.panes:
        return None
    names = " or the ".join(each.id for each in panes if each.id in command.panes)
    return f"That works in the {names} only; Tab goes there." if names else "That does nothing here."


def words_of(commands: Iterable[Command]) -> dict[str, Command]:
    """Return the commands of a screen by the words that the user may type; those of the screen come before common ones."""
    found: dict[str, Command] = {}
    for command in commands:
        for word in command.words:
            found.setdefault(word, command)
    return found
