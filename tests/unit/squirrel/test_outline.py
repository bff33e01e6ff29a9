"""Outline of functions, classes and enums."""

from imptui.squirrel.outline import Symbol, outline


def test_what_has_a_name() -> None:
    """The outline finds functions, methods, constructors, classes and enums in every spelling."""
    text = (
        "class Led extends Pin {\n  constructor(p) {}\n  static function on() {}\n}\nenum Mode { A }\n"
        "function Led::off() {}\nblink <- function() {}\nlocal f = function(a) {}\nthis.done = function() {}"
    )
    assert outline(text) == [
        Symbol("Led", "class", 0),
        Symbol("constructor", "function", 1),
        Symbol("on", "function", 2),
        Symbol("Mode", "enum", 4),
        Symbol("Led::off", "function", 5),
        Symbol("blink", "function", 6),
        Symbol("f", "function", 7),
        Symbol("this.done", "function", 8),
    ]


def test_not_in_comments_or_strings() -> None:
    """The outline ignores comments and verbatim strings."""
    assert outline('/*\nfunction a() {}\n*/\n// function b() {}\nlocal s = @"\nfunction c() {}\n";') == []
