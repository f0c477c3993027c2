"""The reference of the command line, docs/cli.md, made of what the commands say of themselves.

    python -m relayburn.cli.strict.reference > docs/cli.md

In: the tree of commands. Out: Markdown: what holds for all of them, and each command's `--help`.
"""

from __future__ import annotations

import click

from relayburn.cli.strict import burn
from relayburn.cli.strict.misuse import commands

_WIDTH = 78
"""How wide click writes where it is not on a terminal."""

_GENERAL = """# The command line

Made of the commands' own help by `python -m relayburn.cli.strict.reference > docs/cli.md`; a test compares it.

Amounts are list-price equivalents in US dollars: what the tokens would cost at the vendors' public prices, whatever your
plan. The commands read the session logs where they lie and keep what they found in a private [home](home.md); nothing is ever
sent anywhere.

## What holds for every command

**Streams.** Data goes to stdout, everything else to stderr. A report that is piped, or asked for with `--no-color`, is plain text.
On a terminal the same report is drawn: figures to the right, amounts coloured by their share of the column's greatest,
paths shortened in the middle to the width of the terminal. `NO_COLOR` and `TERM=dumb` ask for plain text too. Text is UTF-8
whatever the locale.

**Progress** is drawn on stderr where that is a terminal, and vanishes. `RELAYBURN_PROGRESS=1` has it written in lines elsewhere,
`RELAYBURN_PROGRESS=0` and `CI=true` turn it off.

**Options of every command**, before or after its name; of one that is given twice, the last counts:
`--semantics`, `--ledger-path`, `--no-color`, `--debug`. Under `--semantics ts-1.10` the words are read as the reference reads
them: any flag is accepted, and reports are plain everywhere.

**Exit codes**

| code | meaning |
|---|---|
| 0 | done |
| 1 | it failed, or `burn doctor` found something that needs attention |
| 2 | the words make no sense; nothing was done |
| 3 | `burn budget`: more was spent than the limit |
| 127 | `burn run`: the harness could not be started; its own exit code otherwise, 0 where a signal ended it |
| 130 | Ctrl-C; `burn ingest --watch`, which is ended that way, ends with 0 |

**Errors** are one line on stderr, `burn: ` and what is wrong, where, and what to do. `--debug` shows the traceback. An error
that says it is a bug is one: please report it with what `--debug` shows.

**A closed pipe** (`burn summary | head -1`) ends a command quietly, with 0: its reader has had enough.

**Ctrl-C** while logs are read ends the pass after the file at hand: what was read is in the ledger, the rest is read by the next
pass. A second one ends it at once; nothing is lost or counted twice then either.

**Environment**

| variable | meaning |
|---|---|
| `RELAYBURN_HOME` | the home, instead of `~/.relayburn` |
| `RELAYBURN_SEMANTICS` | `current` or `ts-1.10` |
| `RELAYBURN_CONTENT_STORE`, `RELAYBURN_CONTENT_TTL_DAYS` | what is kept of sessions' content (`full`, `hash-only`, `off`), for how many days |
| `RELAYBURN_ARCHIVE` | `0`, `false` or `no`: `summary`, `hotspots` and `compare` answer from the ledger, without the archive |
| `RELAYBURN_STORAGE`, `RELAYBURN_SQLITE_PATH` | `sqlite` keeps everything in one database instead of files |
| `RELAYBURN_PROGRESS`, `CI` | whether progress is told |
| `RELAYBURN_PRUNE_FORCE` | `1`: prune also what could be read again from its log |
| `CLAUDE_CONFIG_DIR`, `CODEX_HOME`, `XDG_CONFIG_HOME`, `XDG_DATA_HOME` | where else harnesses keep their logs |
| `RELAYBURN_WORKFLOW_ID`, `_STEP_ID`, `_AGENT_ID`, `_PARENT_AGENT_ID`, `_PERSONA`, `_TIER` | tags of a session that `burn run` starts |
| `NO_COLOR`, `TERM=dumb` | plain text on terminals |

## Completion

`burn completion` prints a script for your shell, which then completes commands, options and their values:

```sh
burn completion bash > ~/.local/share/bash-completion/completions/burn
burn completion fish > ~/.config/fish/completions/burn.fish
eval "$(burn completion zsh)"     # in ~/.zshrc, after compinit
```
"""


def reference() -> str:
    """The whole reference."""
    return "\n".join([_GENERAL, *(_section(path) for path, _ in commands(burn))])


def help_of(path: str) -> str:
    """What `path --help` prints, without the last line end; `path` begins with `burn`."""
    command: click.Command = burn
    ctx = click.Context(burn, info_name="burn", terminal_width=_WIDTH, **burn.context_settings)
    for word in path.split(" ")[1:]:
        below = command.get_command(ctx, word) if isinstance(command, click.Group) else None
        assert below is not None, path
        command, ctx = below, click.Context(below, info_name=word, parent=ctx, terminal_width=_WIDTH)
    return command.get_help(ctx)


def _section(path: str) -> str:
    return f"## {path}\n\n```text\n{help_of(path)}\n```\n"


if __name__ == "__main__":
    print(reference(), end="")
