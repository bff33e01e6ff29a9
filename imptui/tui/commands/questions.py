"""Questions, menus, forms and reports as values; dialogs show them."""

from collections.abc import Callable, Mapping

from msgspec import Struct


class Question(Struct, frozen=True):
    """A yes-no question. Cancel has the focus, and the key that opened the question never answers it."""

    title: str
    lines: tuple[str, ...] = ()
    """The consequences, and the devices affected; may hold foreign text."""
    yes: str = "Do it"
    """The text of the confirming button."""
    opened_by: str | None = None
    """The key that opened the question; it does not confirm."""
    must_type: str | None = None
    """A name that the user must type before the button works, for production."""
    is_dangerous: bool = True


class Option(Struct, frozen=True):
    """One option of a menu."""

    key: str
    """The answer of the menu for this option."""
    label: str
    detail: str = ""
    refusal: str | None = None
    """The reason why it cannot be chosen now; None: it can."""
    hotkey: str | None = None
    """A letter that chooses the option at once."""


class Menu(Struct, frozen=True):
    """A menu of options; typing narrows long menus."""

    title: str
    options: tuple[Option, ...]
    can_filter: bool = False
    opened_by: str | None = None


class FormField(Struct, frozen=True):
    """One field of a form."""

    key: str
    label: str
    value: str = ""
    is_secret: bool = False
    """Never shown, never saved."""
    choices: tuple[Option, ...] = ()
    """The allowed keys instead of free text; the empty key means none."""
    hint: str = ""
    check: Callable[[str], str | None] | None = None
    """Returns why a value is not valid, or None; called on every change."""


class Form(Struct, frozen=True):
    """A form with several fields. After a failure it is shown again, with the answers and the reason."""

    title: str
    entries: tuple[FormField, ...]
    submit: str = "Save"
    trouble: str | None = None
    """The reason why the last attempt failed."""
    opened_by: str | None = None

    def again(self, answers: Mapping[str, str], trouble: str) -> "Form":
        """Return the form with its answers and the reason of the failure, but without secrets."""
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
    """Lines to read, such as the outcome for each device of a bulk call."""

    title: str
    lines: tuple[str, ...] = ()
