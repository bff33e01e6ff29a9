"""What a command asks of a person before it acts; dialogs and forms draw these."""

from collections.abc import Callable, Mapping

from msgspec import Struct


class Question(Struct, frozen=True):
    """May this be done? Cancel has the focus, and the key that opened the question never answers it."""

    title: str
    lines: tuple[str, ...] = ()
    """What will happen, to whom; may hold foreign text."""
    yes: str = "Do it"
    """The words on the confirming button."""
    opened_by: str | None = None
    """The key that led here; it does not confirm."""
    must_type: str | None = None
    """A name that has to be typed before the button works: for production."""
    is_dangerous: bool = True


class Option(Struct, frozen=True):
    """One line of a menu."""

    key: str
    """What the menu answers."""
    label: str
    detail: str = ""
    refusal: str | None = None
    """Why it cannot be chosen now; None: it can."""
    hotkey: str | None = None
    """A letter that chooses it at once."""


class Menu(Struct, frozen=True):
    """Which one? Typing narrows long menus down."""

    title: str
    options: tuple[Option, ...]
    can_filter: bool = False
    opened_by: str | None = None


class FormField(Struct, frozen=True):
    """One line of a form."""

    key: str
    label: str
    value: str = ""
    is_secret: bool = False
    """Never echoed, never kept."""
    choices: tuple[Option, ...] = ()
    """When given, one of these keys instead of free text; the empty key stands for none."""
    hint: str = ""
    check: Callable[[str], str | None] | None = None
    """Why a value cannot be, or None; asked on every change."""


class Form(Struct, frozen=True):
    """Several answers at once. What was typed survives a failure: it is shown again with the reason on top."""

    title: str
    entries: tuple[FormField, ...]
    submit: str = "Save"
    trouble: str | None = None
    """Why the last attempt failed."""
    opened_by: str | None = None

    def again(self, answers: Mapping[str, str], trouble: str) -> "Form":
        """The same form, filled in as it was sent, with the reason why that did not work. Secrets are not kept."""
        entries = tuple(
            FormField(
                entry.key,
                entry.label,
                "" if entry.is_secret else answers.get(entry.key, entry.value),
                entry.is_secret,
                entry.choices,
                entry.hint,
                entry.check,
            )
            for entry in self.entries
        )
        return Form(self.title, entries, self.submit, trouble, self.opened_by)


class Report(Struct, frozen=True):
    """Lines to read, such as what became of each device of a bulk call."""

    title: str
    lines: tuple[str, ...] = ()
