"""The certificates that an endpoint's certificate is checked with.

A file or folder that the environment names counts, as for curl; else the store of the system, by truststore. Companies put the
certificates of their inspecting proxies there.
"""

import os
import ssl
from pathlib import Path

import truststore

from imptui.client.errors import Unreachable

FILE_VARIABLES = ("SSL_CERT_FILE", "CURL_CA_BUNDLE", "REQUESTS_CA_BUNDLE")
FOLDER_VARIABLE = "SSL_CERT_DIR"


def tls_context(endpoint: str) -> ssl.SSLContext:
    """Return the context for connections to an endpoint. It reads files: call it outside the event loop.

    Raises:
        Unreachable: The file or folder that the environment names cannot be used; the message names both.
    """
    for variable in (*FILE_VARIABLES, FOLDER_VARIABLE):
        path = os.environ.get(variable)
        if path:
            return _of(endpoint, variable, Path(path))
    if _has_system_store():
        return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    import certifi  # httpx brings it; a bare container has no store of its own

    return ssl.create_default_context(cafile=certifi.where())


def _of(endpoint: str, variable: str, path: Path) -> ssl.SSLContext:
    if variable == FOLDER_VARIABLE or path.is_dir():
        if path.is_dir():
            return ssl.create_default_context(capath=str(path))
        why = "it is no folder" if path.exists() else "there is no such folder"
    else:
        try:
            return ssl.create_default_context(cafile=str(path))
        except ssl.SSLError:
            why = "it holds no certificate in PEM form"
        except OSError as error:
            why = error.strerror or str(error)
    hint = f"Mend or unset {variable}; without it the certificates of the system count."
    raise Unreachable("connect", endpoint, f"the certificates {path} of {variable} cannot be used: {why}", hint, sent=False)


def _has_system_store() -> bool:
    paths = ssl.get_default_verify_paths()
    folder = Path(paths.capath) if paths.capath else None
    has_folder = folder is not None and folder.is_dir() and any(folder.iterdir())
    return os.name != "posix" or os.uname().sysname != "Linux" or bool(paths.cafile) or has_folder
