"""What every command is told: which context, which folder, how carefully."""

import os
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from imptui.config.contexts import EMBEDDED, NamedContext, load_contexts
from imptui.config.errors import Misconfigured
from imptui.config.locations import Locations, locate
from imptui.config.settings import Settings, load_settings

READONLY_VARIABLE = "IMPTUI_READONLY"


class Options(Struct, frozen=True):
    """The options of the command itself; subcommands receive them through click's context object."""

    context: str | None = None
    endpoint: str | None = None
    data_dir: Path | None = None
    is_read_only: bool = False
    theme: str | None = None
    ascii: bool | None = None
    slow: bool = False
    run: str | None = None
    clipboard: str | None = None
    record: Path | None = None
    """The folder in which the session is recorded."""

    @property
    def locations(self) -> Locations:
        """Where things are kept."""
        return locate(self.data_dir)

    def words_for(self, context: str) -> list[str]:
        """What a command line says that opens another context, and all else as here."""
        words = ["--context", context]
        words += ["--data-dir", str(self.data_dir)] if self.data_dir is not None else []
        words += ["--readonly"] if self.is_read_only else []
        words += ["--theme", self.theme] if self.theme is not None else []
        words += ["--ascii" if self.ascii else "--no-ascii"] if self.ascii is not None else []
        words += ["--clipboard", self.clipboard] if self.clipboard is not None else []
        return [*words, "--slow"] if self.slow else words

    def settings(self) -> Settings:
        """What the user set, with the options on top.

        Raises:
            UnreadableFile: The settings make no sense.
        """
        settings = load_settings(self.locations.settings)
        if self.theme is not None:
            settings = replace(settings, theme=self.theme)
        if self.ascii is not None:
            settings = replace(settings, ascii=self.ascii)
        if self.clipboard is not None:
            settings = replace(settings, clipboard=self.clipboard)
        return replace(settings, slow=True) if self.slow else settings

    def named_context(self) -> NamedContext:
        """The context to work in: `--context`, else `--endpoint`'s, else the last used, else the demonstration.

        Raises:
            NoSuchContext: There is none of that name.
            Misconfigured: Nobody ever logged in at that endpoint, the context is at another one, or the endpoint is
                no address.
        """
        contexts = load_contexts(self.locations.contexts)
        if self.endpoint is None:
            return contexts.get(self.context)
        endpoint = tidy_endpoint(self.endpoint)
        if self.context is not None:
            named = contexts.get(self.context)
            if named.endpoint != endpoint:  # its tokens belong to the other endpoint, and so does its cache
                raise Misconfigured(
                    f"The context {named.name!r} is at {named.endpoint}, not at {endpoint}. Leave one of the two out."
                )
            return named
        for each in contexts.all():
            if each.endpoint == endpoint:
                return each
        raise Misconfigured(f"Nobody is logged in at {endpoint}. Log in with: imptui login --endpoint {endpoint} --username USER")

    def read_only_because(self, context: NamedContext) -> str | None:
        """Why nothing may be changed, the strongest reason first; None when changes are allowed."""
        if context.is_locked:
            return f"the context '{context.name}' is locked"
        if self.is_read_only:
            return "imptui was started with --readonly"
        if os.environ.get(READONLY_VARIABLE, "") not in ("", "0"):
            return f"{READONLY_VARIABLE} is set"
        return None


def tidy_endpoint(text: str) -> str:
    """An endpoint without its last slash.

    Raises:
        Misconfigured: It is not the address of an API.
    """
    if text == EMBEDDED:
        return text
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:  # half a bracket, or a port that is none
        is_address = False
    if not is_address:
        raise Misconfigured(f"{text!r} is not an endpoint; it looks like https://api.electricimp.com/v5")
    return text.rstrip("/")
