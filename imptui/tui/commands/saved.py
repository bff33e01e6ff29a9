"""Commands for saved filters."""

from collections.abc import Mapping

from imptui.domain.errors import Refused
from imptui.query.expression import Expr
from imptui.query.grammar import to_text
from imptui.query.query import SavedFilter
from imptui.tui.commands.command import Command, Situation
from imptui.tui.commands.console_protocol import Console
from imptui.tui.commands.prompts import fill_until_done
from imptui.tui.commands.questions import Form, FormField, Menu, Option, Question

_GROUP = "List"


class Save(Command):
    """Save the filter of the list under a name."""

    id = "list.save"
    title = "Save the filter under a name"
    group = _GROUP
    words = ("save",)

    def unavailable(self, situation: Situation) -> str | None:
        """Return a reason if the list has no filter."""
        return None if _filter(situation) is not None else "There is no filter to save."

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:
        """Ask for the name, unless it was typed behind the command."""
        await _save(console, situation, argument)


class SavedFilterCommand(Command):
    """Save the filter of the list, or rename or delete a saved one."""

    id = "list.saved"
    keys = ("Q",)
    title = "Saved filters: save, rename, forget"
    group = _GROUP
    words = ("saved", "queries")

    async def run(self, console: Console, situation: Situation, argument: str = "") -> None:  # noqa: ARG002
        """Choose a saved filter and what to do with it."""
        there = [each for each in await console.fleet.queries.all() if not each.is_fixed]
        where = _filter(situation)
        options = [Option("save", "Save this filter", to_text(where), hotkey="s")] if where is not None else []
        for each in there:
            options.append(Option(f"rename:{each.name}", f"Rename {each.name}", each.text))
            options.append(Option(f"forget:{each.name}", f"Forget {each.name}", each.text))
        if not options:
            console.show_message("There is no filter to save and none was saved. Type one after /, then press Q.")
            return
        chosen = await console.choose(Menu("Saved filters", tuple(options), can_filter=len(options) > 8, opened_by=situation.key))
        if chosen is None:
            return
        what, _, name = chosen.partition(":")
        if what == "save":
            await _save(console, situation, "")
        elif what == "rename":
            await _rename(console, name)
        else:
            await _forget(console, next(each for each in there if each.name == name))


def _filter(situation: Situation) -> Expr | None:
    """Return the filter of the device list; None: it has none, or there is no such list."""
    return situation.query.where if situation.query is not None else None


async def _save(console: Console, situation: Situation, name: str) -> None:
    where = _filter(situation)
    if where is None:
        console.show_message("There is no filter to save.")
        return
    text = to_text(where)

    async def send(answers: Mapping[str, str]) -> str:
        saved = await console.fleet.queries.save(answers["name"], answers.get("filter", text))
        console.fleet.changes.announce()
        return f"{saved.name} is a line of the tree now."

    if name:
        try:
            console.show_message(await send({"name": name}))
        except Refused as error:
            console.fail("Save the filter", error)
        return
    form = Form("Save the filter", (FormField("name", "name"), FormField("filter", "filter", text)))
    await fill_until_done(console, form, send, "Save the filter")


async def _rename(console: Console, name: str) -> None:
    async def send(answers: Mapping[str, str]) -> str:
        await console.fleet.queries.rename(name, answers["name"])
        console.fleet.changes.announce()
        return f"{name} is called {answers['name']} now."

    await fill_until_done(console, Form("Rename the filter", (FormField("name", "name", name),)), send, "Rename the filter")


async def _forget(console: Console, saved: SavedFilter) -> None:
    if not await console.ask(Question(f"Forget {saved.name}?", (saved.text,), "Forget", is_dangerous=False)):
        return
    try:
        await console.fleet.queries.drop(saved.name)
    except Refused as error:
        console.fail("Forget the filter", error)
        return
    console.fleet.changes.announce()
    console.show_message(f"{saved.name} is forgotten.")


COMMANDS = (Save(), SavedFilterCommand())
