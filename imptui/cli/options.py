"""What every command is told: which context, which folder, how carefully."""

import os
import re
from pathlib import Path
from urllib.parse import urlsplit

from msgspec import Struct
from msgspec.structs import replace

from imptui.config.contexts import EMBEDDED, NamedContext, load_contexts
from imptui.config.errors import NotLoggedIn, WrongEndpoint
from imptui.config.locations import Locations, locate
from imptui.config.settings import Settings, load_settings

READONLY_VARIABLE = "IMPTUI_READONLY"

_THIS_MACHINE = ("localhost", "127.0.0.1")
_HOST = re.compile(r"[\w.:%-]+")


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
    started_s: float = 0.0
    """The start of the command, in seconds since 1970."""

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
            NotLoggedIn: Nobody ever logged in at that endpoint.
            WrongEndpoint: The context is at another one, or the endpoint is no address.
        """
        contexts = load_contexts(self.locations.contexts)
        if self.endpoint is None:
            return contexts.get(self.context)
        endpoint = tidy_endpoint(self.endpoint)
        if self.context is not None:
            named = contexts.get(self.context)
            if named.endpoint != endpoint:  # its tokens belong to the other endpoint, and so does its cache
                raise WrongEndpoint(
                    f"The context {named.name!r} is at {named.endpoint}, not at {endpoint}. Leave one of the two out."
                )
            return named
        for each in contexts.all():
            if each.endpoint == endpoint:
                return each
        raise NotLoggedIn(endpoint)

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
    """Return the endpoint that somebody means.

    Blanks around it, a user and a password inside it and a slash at its end are taken out. Without a scheme it is `https`, on
    this machine `http`; without a path it is `/v5`.

    Raises:
        WrongEndpoint: It is not the address of an API; the message does not show a password in it.
    """
    bare = text.strip()
    if bare == EMBEDDED:
        return bare
    if "://" not in bare and not bare.startswith("/"):
        host = re.split(r"[:/]", bare.rpartition("@")[2], maxsplit=1)[0].casefold()
        bare = f"{'http' if host in _THIS_MACHINE else 'https'}://{bare}" if host else bare
    try:
        parts = urlsplit(bare)
        is_address = parts.scheme in ("http", "https") and _HOST.fullmatch(parts.hostname or "") is not None and parts.port != 0
    except ValueError:  # half a bracket, or a port that is none
        is_address = False
    if not is_address or parts.query or parts.fragment:
        shown = re.sub(r"//[^/]*@", "//", text)
        raise WrongEndpoint(f"{shown!r} is not an endpoint; it looks like https://api.electricimp.com/v5")
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path.rstrip('/') or '/v5'}"
