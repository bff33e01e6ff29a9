"""Commands, however they were called: by key, from a menu, from the palette, or typed."""

import asyncio
from collections.abc import Iterable
from time import monotonic

from textual import work
from textual.widget import Widget

from imptui.client.errors import NoAnswer
from imptui.config.keys import key_label
from imptui.domain.errors import Refused
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.questions import Menu, Option
from imptui.tui.screens.page import run_action
from imptui.tui.screens.verbs import Verbs

FIRST_PASS_S = 60
"""How long the first command of a sitting waits for the first pass over the account."""

OPENING_S = 0.3
"""How long a command may take until its question is on the screen."""


class Obeying(Verbs):
    """The console does what it is told."""

    _obeyed_at = 0.0

    @property
    def _is_asking(self) -> bool:
        """Whether a command, or what was typed after `:`, is being carried out."""
        return any(each.group == "dialogs" and not each.is_finished for each in self.workers)

    async def act(self, action: str, *given: object) -> None:
        """An action of what has the keys, of what it is in, of the screen, or of the application."""
        name, _, rest = action.partition("(")
        arguments: tuple[object, ...] = given
        if rest:
            text = rest.removesuffix(")")
            arguments = (text.strip("'") if text.startswith("'") else int(text),)
        screen = self.screen
        chain: list[Widget] = (
            [each for each in screen.focused.ancestors_with_self if isinstance(each, Widget)] if screen.focused else [screen]
        )
        for node in chain:
            if await run_action(node, name, arguments):
                return
        page = self.page
        for pane in page.panes() if page is not None else []:
            if page is not None and hasattr(pane, f"action_{name}"):
                page.make_way(pane)
            if await run_action(pane, name, arguments):
                return
        method = getattr(self, f"action_{name}", None)
        if method is None:
            self.say("That does nothing here.")
            return
        result = method(*arguments)
        if result is not None:
            await result

    def obey(self, command: Command, situation: Situation, argument: str = "") -> None:
        """Run a command unless it refuses, and say why it does."""
        why = command.refusal(situation)
        if why is not None:
            self.say(why)
            return
        if self._is_asking and monotonic() - self._obeyed_at < OPENING_S:
            return  # the question of the last command is about to open: keys behind it must not ask another
        self._obeyed_at = monotonic()
        self.expect_question(command)
        self.run_worker(self._obey(command, situation, argument), group="dialogs", name=command.id)

    async def _obey(self, command: Command, situation: Situation, argument: str) -> None:
        try:
            await command.run(self, situation, argument)
        except (Refused, NoAnswer) as error:
            self.fail(command.title, error)

    def action_palette(self) -> None:
        """Find a command."""
        self._choose_command(is_menu=False)

    def action_actions(self) -> None:
        """What can be done with what is chosen, and why not."""
        self._choose_command(is_menu=True)

    @work(group="dialogs")
    async def _choose_command(self, *, is_menu: bool) -> None:
        page = self.page
        if page is None:
            return
        situation = page.situation()
        offered = [each for each in page.commands if (each.in_menu or not is_menu) and each.id != "app.palette"]
        if is_menu:
            offered = [each for each in offered if not each.panes or situation.pane in each.panes]
        options = []
        for each in offered:
            keys = self.keymap.keys_of(each.id, each.keys)
            words = f":{each.words[0]}" if each.words else ""
            detail = "" if is_menu else " ".join([*map(key_label, keys[:2]), words])
            hotkey = key_label(keys[0]) if is_menu and keys else None
            options.append(Option(each.id, each.title, detail, each.refusal(situation), hotkey))
        about = f" for {situation.subject}" if situation.is_about_something else ""
        title = f"Actions{about}" if is_menu else "Find a command"
        chosen = await self.choose(Menu(title, tuple(options), can_filter=not is_menu, opened_by="a" if is_menu else None))
        for each in offered:
            if each.id == chosen:
                await self._obey(each, situation, "")

    def action_command_line(self) -> None:
        """Type a command."""
        self._type_command()

    @work(group="dialogs")
    async def _type_command(self) -> None:
        from imptui.tui.widgets.dialogs import CommandLine

        page = self.page
        if page is None:
            return
        options = [Option(word, f"{word}  {each.title}") for word, each in sorted(words_of(page.commands).items())]
        typed = await self.push_screen_wait(CommandLine(options))
        if typed:
            await self.obey_typed(typed)

    async def obey_typed(self, typed: str) -> None:
        """What was typed after `:`: a word or the id of a command, and what it is about; a number is a line of a text."""
        page = self.page
        if page is None:
            return
        pane = page.pane_name()
        words = words_of(each for each in page.commands if not each.panes or pane in each.panes)
        word, _, argument = typed.partition(" ")
        if word.isdigit() and "line" in words and words["line"].id == "text.line":
            await self.act(f"line({int(word)})")
            return
        command = words.get(word) or words_of(page.commands).get(word)
        command = command or next((each for each in page.commands if each.id == word), None)
        if command is None:
            self.say(f"There is no command :{word}; ? shows what there is.")
            return
        situation = page.situation()
        why = command.refusal(situation) or elsewhere(command, pane, page.panes())
        if why is not None:
            self.say(why)
        else:
            self.expect_question(command)
            await self._obey(command, situation, argument)

    def expect_question(self, command: Command) -> None:
        """A command is about to run, which may ask something."""

    async def begin_with(self, typed: str) -> None:
        """Obey the first command of a sitting, as soon as there is something that it can be about."""
        for _ in range(FIRST_PASS_S * 10):
            if self._fleet.sync.synced_at is not None:
                break
            await asyncio.sleep(0.1)
        await self.obey_typed(typed)


def elsewhere(command: Command, pane: str, panes: Iterable[Widget]) -> str | None:
    """Where a command works, when that is not in the pane that has the keys; None: it works here."""
    if not command.panes or pane in command.panes:
        return None
    names = " or the ".join(each.id for each in panes if each.id in command.panes)
    return f"That works in the {names} only; Tab goes there." if names else "That does nothing here."


def words_of(commands: Iterable[Command]) -> dict[str, Command]:
    """The commands of a screen by the words that may be typed; its own come before those of everywhere."""
    found: dict[str, Command] = {}
    for command in commands:
        for word in command.words:
            found.setdefault(word, command)
    return found
