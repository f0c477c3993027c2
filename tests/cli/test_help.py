"""What `burn` says of itself: in `--help`, and in docs/cli.md, which is made of it."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click
import pytest

from relayburn.cli.strict import burn as root
from relayburn.cli.strict.misuse import commands
from relayburn.cli.strict.reference import help_of, reference
from tests.cli.burning import burn

_DOCUMENT = Path(__file__).parents[2] / "docs" / "cli.md"
_ALL = dict(commands(root))
_each = pytest.mark.parametrize("path", _ALL)


def test_the_document_is_what_the_commands_say() -> None:
    assert _DOCUMENT.read_text() == reference(), (
        "the help of a command changed; to refresh the document, run:\n"
        "    python -m relayburn.cli.strict.reference > docs/cli.md"
    )


@pytest.mark.parametrize("words", [[], ["ingest"], ["state", "rebuild", "archive"]])
def test_a_real_help_is_the_documented_one(tmp_path: Path, words: list[str]) -> None:
    path = " ".join(["burn", *words])

    told = burn(tmp_path, *words, "--help")

    assert (told.returncode, told.stderr) == (0, "")
    assert told.stdout == f"{help_of(path)}\n"
    assert told.stdout in _DOCUMENT.read_text()


@_each
def test_every_command_says_what_it_is_for_and_gives_examples(path: str) -> None:
    help_text = _ALL[path].help or ""

    assert help_text.strip(), f"{path} has no help"
    example = re.compile(rf"^\s*\S*.*\b{re.escape(path)}(\s|$)", re.MULTILINE)
    _, _, examples = help_text.partition("\b")
    assert example.search(examples), f"the help of {path} has no example; put some after a line with \\b"


@_each
def test_every_option_says_what_it_does(path: str) -> None:
    options = [param for param in _ALL[path].params if isinstance(param, click.Option) and not param.hidden]

    assert [option.opts for option in options if not option.help] == []


@_each
def test_every_command_takes_what_holds_everywhere(path: str) -> None:
    names = {name for param in _ALL[path].params for name in param.opts}

    assert names >= {"--semantics", "--ledger-path", "--no-color", "--debug"}


def test_help_can_be_asked_for_in_every_way(tmp_path: Path) -> None:
    ways = [["help", "prices"], ["prices", "--help"], ["prices", "-h"]]

    assert len({burn(tmp_path, *words).stdout for words in ways}) == 1
    assert burn(tmp_path).stdout == burn(tmp_path, "help").stdout == burn(tmp_path, "--help").stdout


def test_examples_are_understood() -> None:
    for path, command in _ALL.items():
        _, _, examples = (command.help or "").partition("\b")
        for line in re.findall(r"^\s*(?:.*\$\()?burn (.*?)\)?\"?(?:\s*[|<>#].*)?$", examples, re.MULTILINE):
            try:
                _understand(root, shlex.split(line))
            except click.UsageError as error:
                pytest.fail(f"{path}: 'burn {line}' is not understood: {error.format_message()}")


def _understand(command: click.Command, words: list[str]) -> None:
    """Have click read the words, down to the command that they name, without running it."""
    ctx = command.make_context(command.name, words)
    if isinstance(command, click.Group) and words and not words[0].startswith("-"):
        below = command.get_command(ctx, words[0])
        assert below is not None, f"no command {words[0]}"
        _understand(below, words[1:])
