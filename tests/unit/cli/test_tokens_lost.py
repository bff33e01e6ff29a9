"""Tests of tokens that cannot be saved."""

import pytest

from imptui.config.locations import Locations
from imptui.config.secrets import load_secrets, save_secrets
from tests.unit.cli.conftest import Shell


def test_a_command_goes_on_without_saved_tokens(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """A command whose new tokens cannot be saved does its work, and says where they belong and what to do."""

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    path = Locations(shell.home).secrets("demo")
    save_secrets(path, {"login_key": load_secrets(path)["login_key"]})  # without a token, so that a new one is needed
    monkeypatch.setattr("imptui.cli.connect.keep_credentials", refuse)
    answer = shell("ls", "devices", "--refresh")
    assert answer.exit_code == 0, answer.err
    assert "The tokens of the login cannot be saved in" in answer.err
    assert "No space left on device" in answer.err
