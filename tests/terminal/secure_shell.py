"""Real OpenSSH on this machine, with keys, settings and a port of its own, over a line as slow as one likes."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
import threading
from pathlib import Path
from time import monotonic, sleep

from tests.terminal.sitting import PATIENCE_S, Sitting

SSHD = shutil.which("sshd") or shutil.which("sshd", path="/usr/sbin:/usr/local/sbin")
PIECE_BYTES = 48
"""What a slow line takes at a time, so that keys do not wait behind much."""


class Server:
    """An sshd that lets in nobody but the key that was made for it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("host", "user"):
            command = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name]
            subprocess.run(command, check=True)
        (folder / "authorized").write_text((folder / "user.pub").read_text())
        self.port = free_port()
        settings = (
            f"Port {self.port}\nListenAddress 127.0.0.1\nHostKey {folder / 'host'}\nPidFile {folder / 'pid'}\n"
            f"AuthorizedKeysFile {folder / 'authorized'}\nStrictModes no\nUsePAM no\nPasswordAuthentication no\n"
            "KbdInteractiveAuthentication no\nPermitRootLogin prohibit-password\nPrintMotd no\nPrintLastLog no\n"
        )
        (folder / "sshd_config").write_text(settings)
        if os.geteuid() == 0:
            Path("/run/sshd").mkdir(mode=0o755, exist_ok=True)  # sshd gives up its rights there
        with (folder / "sshd.log").open("wb") as log:
            self.process = subprocess.Popen([SSHD, "-D", "-e", "-f", folder / "sshd_config"], stderr=log)
        self._wait_until_it_listens()

    def _wait_until_it_listens(self) -> None:
        end = monotonic() + PATIENCE_S
        while True:
            try:
                socket.create_connection(("127.0.0.1", self.port), 1).close()
            except OSError:
                said = (self.folder / "sshd.log").read_text(errors="replace")
                if self.process.poll() is not None or monotonic() > end:
                    raise RuntimeError(f"sshd does not listen: {said}") from None
                sleep(0.05)
            else:
                return

    def sitting(self, port: int, command: str, *, kind: str = "xterm") -> Sitting:
        """A person who logs in through a port and runs a command there, in a window of 80 by 24."""
        options = (
            "BatchMode=yes",
            "StrictHostKeyChecking=no",
            f"UserKnownHostsFile={self.folder / 'known'}",
            "LogLevel=ERROR",
            "IdentitiesOnly=yes",
        )
        words = [word for option in options for word in ("-o", option)]
        ssh = ["ssh", "-F", "none", "-tt", "-e", "none", "-i", str(self.folder / "user"), "-p", str(port), *words]
        return Sitting(command=[*ssh, f"{getpass.getuser()}@127.0.0.1", command], TERM=kind)

    def close(self) -> None:
        """End it."""
        self.process.terminate()
        self.process.wait(PATIENCE_S)


class SlowLine:
    """A line to a port that carries so many bits a second each way; as quick as it can be until it is slowed."""

    def __init__(self, port: int) -> None:
        self._there = port
        self._bytes_per_s: float | None = None
        self._is_cut = threading.Event()
        self.came_bytes = 0
        """What went towards the person."""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def slow_down(self, bits_per_s: int) -> None:
        """From now on so many bits a second, of which ten make a byte."""
        self._bytes_per_s = bits_per_s / 10

    def cut(self) -> None:
        """The line is gone."""
        self._is_cut.set()
        self._listener.close()

    def _accept(self) -> None:
        try:
            here, _ = self._listener.accept()
        except OSError:
            return
        there = socket.create_connection(("127.0.0.1", self._there))
        for each in (here, there):  # what waits in the line is little, as behind a modem
            each.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 2048)
            each.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            each.settimeout(0.2)
        threading.Thread(target=self._carry, args=(here, there), daemon=True).start()
        self._carry(there, here, counts=True)
        here.close()
        there.close()

    def _carry(self, source: socket.socket, sink: socket.socket, *, counts: bool = False) -> None:
        due = monotonic()
        while not self._is_cut.is_set():
            try:
                piece = source.recv(PIECE_BYTES if self._bytes_per_s else 4096)
            except TimeoutError:
                continue
            except OSError:
                return
            if not piece:
                self._is_cut.set()
                return
            if self._bytes_per_s:
                due = max(due, monotonic()) + len(piece) / self._bytes_per_s
                sleep(max(0.0, due - monotonic()))
            if not self._hand_on(sink, piece):
                return
            self.came_bytes += len(piece) if counts else 0

    def _hand_on(self, sink: socket.socket, piece: bytes) -> bool:
        while piece and not self._is_cut.is_set():
            try:
                piece = piece[sink.send(piece) :]
            except TimeoutError:
                continue
            except OSError:
                self._is_cut.set()
                return False
        return True


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.create_server(("127.0.0.1", 0)) as found:
        return int(found.getsockname()[1])
