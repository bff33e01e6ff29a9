"""Every plain command documents its exit codes, and keeps to them."""

import re
import socket

import click
import pytest

from imptui.cli.command import command as main
from imptui.cli.exit_codes import ExitCode
from imptui.config.contexts import Contexts, NamedContext, save_contexts
from imptui.config.locations import Locations

DEVELOPMENT = "Connected Meter 400 2.0 Development"


def commands(group=main, path=()):
    """All plain commands, by their words."""
    with click.Context(group) as ctx:
        for name in group.list_commands(ctx):
            found = group.get_command(ctx, name)
            if isinstance(found, click.Group):
                yield from commands(found, (*path, name))
            else:
                yield (*path, name)


COMMANDS = {" ".join(words): words for words in commands()}

WITH_SERVICE = (
    ["ls", "devices", "--refresh"],
    ["show", "device", "x"],
    ["code", "x", "agent"],
    ["diff", "x", "y"],
    ["review", "x"],
    ["deploy", "x", "--agent", "AGENT", "--device", "DEVICE", "--yes"],
    ["promote", "x", "y", "--yes"],
    ["rollback", "x", "--yes"],
    ["rollout", "x"],
    ["logs", "x"],
    ["clean", "x", "--keep", "1"],
    ["grep", "x"],
    ["sample", "--for", "1s", "--every", "1"],
)
"""Commands that read from the service at once where nothing is in the cache."""


def documented(shell, words):
    """The exit codes in the help of a command."""
    text = " ".join(shell(*words, "--help").out.split())
    found = re.search(r"Exit codes: (.*?)\.(?= Filter|$|\s[A-Z])", text)
    assert found is not None, text
    return {int(code) for code in re.findall(r"(?:^|; )(\d+) ", found[1])}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_documents_its_exit_codes(bare, name):
    """The help of each command lists codes of the table, among them those that any command may end with."""
    codes = documented(bare, COMMANDS[name])
    assert codes <= set(ExitCode)
    assert {0, 2, 8, 11, 130} <= codes


def test_the_help_of_all_lists_all_codes(bare):
    """`imptui --help` lists every exit code."""
    assert documented(bare, ()) == set(ExitCode)


@pytest.mark.parametrize("name", COMMANDS)
def test_an_option_that_does_not_exist_is_code_2(bare, name):
    """A wrong command line is code 2 for every command."""
    assert bare(*COMMANDS[name], "--no-such-option").exit_code == 2


@pytest.mark.parametrize("words", WITH_SERVICE, ids=lambda words: words[0])
def test_a_service_that_is_not_there_is_code_6(bare, programs, words):
    """A command that asks a service nobody can reach ends with code 6, and its help says so."""
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        endpoint = f"http://127.0.0.1:{closed.getsockname()[1]}/v5"
        save_contexts(Locations(bare.home).contexts, Contexts().with_context(NamedContext("gone", endpoint, "demo")))
        answer = bare(*[{"AGENT": programs[0], "DEVICE": programs[1]}.get(word, word) for word in words])
    assert answer.exit_code == 6, answer.err
    assert 6 in documented(bare, words[:1])


@pytest.mark.parametrize("words", [words for words in WITH_SERVICE if "x" in words and words[0] != "grep"], ids=lambda words: words[0])
def test_what_is_not_there_is_code_4(shell, programs, words):
    """A command about something that does not exist ends with code 4, and its help says so."""
    names = {"AGENT": programs[0], "DEVICE": programs[1], "x": "atlantis", "y": "atlantis"}
    assert shell(*[names.get(word, word) for word in words]).exit_code == 4
    assert 4 in documented(shell, words[:1])


@pytest.mark.parametrize(
    "words",
    [
        ["deploy", DEVELOPMENT, "--agent", "AGENT", "--device", "DEVICE", "--yes"],
        ["rollback", DEVELOPMENT, "--yes"],
        ["review", "CURRENT", "--approve"],
    ],
    ids=lambda words: words[0],
)
def test_a_read_only_context_is_code_5(shell, programs, words):
    """A change that the context forbids ends with code 5, and the help says so."""
    current = shell("show", "group", DEVELOPMENT, "--json").json["group"]["current_deployment_id"]
    names = {"AGENT": programs[0], "DEVICE": programs[1], "CURRENT": current}
    assert shell("--readonly", *[names.get(word, word) for word in words]).exit_code == 5
    assert 5 in documented(shell, words[:1])


def test_a_deployment_that_is_not_restarted_is_code_10(bare, line, programs):
    """A deployment whose restart has no answer ends with code 10, with the id on stdout."""
    handler, endpoint = line
    bare("login", "--endpoint", endpoint, "--username", "demo", "--name", "line", stdin="demo\n")
    handler.lost = "/restart"
    words = ("deploy", DEVELOPMENT, "--agent", programs[0], "--device", programs[1], "--restart", "hard", "--yes")
    answer = bare(*words)
    assert answer.exit_code == 10, answer.err
    current = bare("show", "group", DEVELOPMENT, "--json").json["group"]["current_deployment_id"]
    assert answer.out.strip() == current
    assert {9, 10} <= documented(bare, ["deploy"])
