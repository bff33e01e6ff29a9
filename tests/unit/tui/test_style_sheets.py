"""The style sheets of widgets and screens."""

import re
from importlib import import_module
from pkgutil import walk_packages

from textual.app import App
from textual.widget import Widget

import imptui.tui

SELECTOR = re.compile(r"(?:^|[\s,>])([A-Z][A-Za-z]*)(?=[^{}]*\{)")


def classes_below(kind: type) -> set[type]:
    below = set(kind.__subclasses__())
    return below.union(*(classes_below(each) for each in below)) if below else below


def test_selectors_name_widgets() -> None:
    """Each type selector of a style sheet is the name of a widget class, so a renamed class keeps its style."""
    for module in walk_packages(imptui.tui.__path__, "imptui.tui."):
        import_module(module.name)
    widgets = classes_below(Widget) | classes_below(App)
    names = {each.__name__ for each in widgets} | {"Widget", "App"}
    ours = [each for each in widgets if each.__module__.startswith("imptui.")]
    assert ours
    unknown = {
        f"{each.__name__}: {name}"
        for each in ours
        for sheet in (each.__dict__.get("DEFAULT_CSS", ""), each.__dict__.get("CSS", ""))
        for rule in re.findall(r"[^{}]*\{", sheet)
        for name in SELECTOR.findall(rule)
        if name not in names
    }
    assert unknown == set()
