"""What can be done on every screen."""

from functools import partial

from imptui.tui.commands.command import view

_here = partial(view, group="Everywhere")

COMMANDS = (
    _here("app.help", "Help: what every key does here", "help", "question_mark", "f1", words=("help",)),
    _here("app.palette", "Find a command", "palette", "ctrl+p", may_ask=True),
    _here("app.command", "Type a command", "command_line", "colon"),
    _here("app.actions", "All actions for what is chosen, with reasons when off", "actions", "a", footer="actions"),
    _here("app.errors", "What went wrong", "errors", "exclamation_mark", words=("errors", "messages")),
    _here("app.activity", "What was changed from here", "activity", "at", words=("activity", "audit")),
    _here("app.back", "Back: clear, then go up", "back", "escape"),
    _here("app.leave", "Back, and out at the root", "leave", "q"),
    _here("app.quit", "Quit", "quit_now", "ctrl+q", words=("q", "q!", "quit")),
    _here("app.interrupt", "Say how to quit", "how_to_quit", "ctrl+c"),
    _here("app.next-pane", "Next pane", "next_pane", "tab"),
    _here("app.previous-pane", "Previous pane", "previous_pane", "shift+tab"),
    _here("app.pane-1", "First pane", "pane(1)", "1"),
    _here("app.pane-2", "Second pane", "pane(2)", "2"),
    _here("app.pane-3", "Third pane", "pane(3)", "3"),
    _here("app.pane-4", "Fourth pane", "pane(4)", "4"),
    _here("app.pane-5", "Fifth pane", "pane(5)", "5"),
    _here("app.jump", "Jump: a letter on every line", "jump", "ctrl+o", words=("jump",)),
    _here("app.zoom", "This pane alone, or all", "zoom", "f", "plus", "underscore", words=("zoom",)),
    _here("app.history-back", "Back in history", "history_back", "left_square_bracket"),
    _here("app.history-forward", "Forward in history", "history_forward", "right_square_bracket"),
    _here("app.last-view", "The view before this one", "last_view", "minus"),
    _here("app.refresh", "Read what is visible now, and sort again", "refresh_now", "ctrl+r", "R", words=("refresh",)),
    _here("app.pause", "Pause or resume live values", "pause", "p", words=("pause",)),
    _here("app.header", "Header on or off", "toggle_header", "ctrl+e", words=("header",)),
    _here("app.screenshot", "Write a picture of the screen to a file", "picture", "f8", words=("screenshot",)),
    _here("app.mouse", "Mouse on or off", "toggle_mouse", "f9", words=("mouse",)),
    _here("app.redraw", "Paint the screen anew", "redraw", "ctrl+l", words=("redraw",)),
    _here("app.theme", "Next theme", "next_theme", words=("theme",)),
)
