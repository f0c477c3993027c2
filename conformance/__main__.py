"""The gate: `python -m conformance`. Exit code 0: the build may ship, 1: it may not, 2: that could not be told.

In: recordings to replay, by path or by filter, and a subject. Out: a report on stdout, and in files where asked for
(docs/conformance.md).
"""

from __future__ import annotations

import io
import sys
from importlib import import_module
from pathlib import Path

import click

from conformance.corpus import PROJECT_ROOT
from conformance.errors import ReplayImpossible
from conformance.outcome import Problem, ProblemKind, RunOutcome
from conformance.plan import DEFAULT_TIMEOUT, Plan
from conformance.progress import watching
from conformance.run import run
from conformance.selection import Selection

_WIDTH_OF_A_FILE = 160
# What a shell expects of a program that ended on an interrupt; 1 would speak of the build.
_INTERRUPTED = 130
_FILE = click.Path(dir_okay=False, path_type=Path)
_EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.argument("recordings", nargs=-1, metavar="[RECORDING[:LINE]]...")
@click.option(
    "--protocol", "protocols", multiple=True, metavar="GLOB", help="Only these protocols, such as 'relayburn.reader.*'."
)
@click.option("--area", "areas", multiple=True, metavar="GLOB", help="Only these areas: folders of recordings.")
@click.option("--case", "cases", multiple=True, metavar="GLOB", help="Only these cases.")
@click.option(
    "--subject", metavar="COMMAND", help="Judge a program that speaks JSON lines, instead of this project's stages."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0, min_open=True),
    default=DEFAULT_TIMEOUT,
    show_default=True,
    metavar="SECONDS",
    help="For the answer to one exchange.",
)
@click.option(
    "--require",
    type=click.Choice(["offered", "all"]),
    default="offered",
    show_default=True,
    help="all: what an external subject does not offer counts against it.",
)
@click.option(
    "--jobs", type=click.IntRange(min=1), default=1, show_default=True, metavar="N", help="Replay in N processes."
)
@click.option("--shuffle", type=int, metavar="SEED", help="Replay in the order of this seed.")
@click.option(
    "--corpus",
    type=click.Path(file_okay=False, path_type=Path),
    default=PROJECT_ROOT,
    metavar="DIR",
    help="The folder that holds fixtures/ and recordings/; by default this project.",
)
@click.option(
    "--declared",
    type=_EXISTING_FILE,
    metavar="FILE",
    help="Declared differences, instead of those the subject declares.",
)
@click.option(
    "--pending", type=_EXISTING_FILE, metavar="FILE", help="Pending protocols, instead of those the subject names."
)
@click.option("--json", "as_json", is_flag=True, help="Report one JSON object on stdout, instead of text.")
@click.option("--junit", type=_FILE, metavar="FILE", help="Also write a JUnit XML report.")
@click.option("--markdown", type=_FILE, metavar="FILE", help="Also write a Markdown report.")
@click.option("--html", type=_FILE, metavar="FILE", help="Also write a report as one HTML page.")
def main(
    recordings: tuple[str, ...],
    protocols: tuple[str, ...],
    areas: tuple[str, ...],
    cases: tuple[str, ...],
    subject: str | None,
    timeout: float,
    require: str,
    jobs: int,
    shuffle: int | None,
    corpus: Path,
    declared: Path | None,
    pending: Path | None,
    as_json: bool,
    junit: Path | None,
    markdown: Path | None,
    html: Path | None,
) -> None:
    """Replay recordings and compare every answer with the recorded one.

    RECORDING is a file, a folder, or one line of a file (recordings/claude/basic-multi-turn.jsonl:3), inside or
    outside the corpus. Without any, the whole corpus is replayed.

    \b
    Exit codes:
      0  all exchanges match, are declared or are pending
      1  some do not, or an admission matches nothing
      2  wrong usage, an unreadable recording, an unusable subject, nothing to replay
    """
    plan = Plan(
        corpus=corpus,
        selection=Selection(recordings, protocols, areas, cases),
        subject=subject,
        timeout=timeout,
        jobs=jobs,
        shuffle=shuffle,
        requires_all=require == "all",
        declared=declared,
        pending=pending,
    )
    try:
        with watching() as watch:
            outcome = run(plan, watch)
    except KeyboardInterrupt:
        sys.exit(_INTERRUPTED)
    except ReplayImpossible as error:
        outcome = RunOutcome(subject or "relayburn", problems=(Problem(ProblemKind.IMPOSSIBLE, str(error)),))
    for file, module in ((junit, "junit"), (markdown, "markdown"), (html, "html")):
        if file is not None:
            _write(file, import_module(f"conformance.report.{module}").rendered(outcome))
    if as_json:
        click.echo(import_module("conformance.report.json").rendered(outcome))
    else:
        _show(outcome)
    sys.exit(outcome.exit_code)


def _show(outcome: RunOutcome) -> None:
    from rich.console import Console

    from conformance.report.terminal import show

    if isinstance(sys.stdout, io.TextIOWrapper):
        # Texts of logs may hold what no encoding can say.
        sys.stdout.reconfigure(errors="backslashreplace")
    console = Console(highlight=False)
    show(outcome, console if console.is_terminal else Console(highlight=False, width=_WIDTH_OF_A_FILE))


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text, encoding="utf-8", errors="backslashreplace")
    except OSError as error:
        click.echo(f"conformance: cannot write {file}: {error.strerror}", err=True)
        sys.exit(2)


if __name__ == "__main__":
    main()
