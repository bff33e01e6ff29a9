"""Arguments; the only room that builds and connects the parts, and the only one that knows the engine.

imptui.cli            the command, the console
imptui.cli.options    what every command is told, and where that leaves us
imptui.cli.connect    settings, cache, client and engine made into one fleet
imptui.cli.engine     the embedded engine behind the client's transport
imptui.cli.plain      how a plain command runs, fails and prints
imptui.cli.reading    ls, show, code, diff, check, journal
imptui.cli.acting     deploy, rollback, promote, rollout
imptui.cli.accounts   login, logout, contexts
imptui.cli.serving    serve, world
imptui.cli.picture    screenshot
"""

from imptui.cli.main import main

__all__ = ["main"]
