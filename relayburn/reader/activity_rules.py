"""The tables of the activity classifier (classifier.md 3, 6, 7 and 8).

A row names the words that a match must begin with and the pattern of what follows, so that a text is searched only
for rows whose words it holds. The rows mean the same as the spec's patterns, of which the redundant ones (section 12)
are left out. Patterns have JavaScript's meaning; see `relayburn.text.js_pattern`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from relayburn.text import js_pattern

TOOL_ALIASES = {
    # Codex
    "apply_patch": "Edit",
    "exec_command": "Bash",
    "shell": "Bash",
    "read_file": "Read",
    "write_file": "Write",
    "update_plan": "ExitPlanMode",
    "spawn_agent": "Agent",
    "send_input": "Task",
    "wait_agent": "Task",
    "close_agent": "Task",
    "resume_agent": "Task",
    "view_image": "Read",
    "read_mcp_resource": "Read",
    # OpenCode
    "read": "Read",
    "write": "Write",
    "edit": "Edit",
    "bash": "Bash",
    "grep": "Grep",
    "glob": "Glob",
    "webfetch": "WebFetch",
    "task": "Task",
}
"""Other harnesses' tool names and their canonical ones."""

EDIT_TOOLS = frozenset({"Edit", "Write", "NotebookEdit", "MultiEdit"})
DELEGATION_TOOLS = frozenset({"Agent", "Task"})
BASH_TOOL = "Bash"
PLAN_TOOL = "ExitPlanMode"

DEBUGGING_RETRIES = 2
"""From how many retries on an edit turn is debugging."""

DOCUMENT_PATH = js_pattern(
    r"\.(?:md|mdx|rst|adoc|txt)$|(?:^|/)(?:README|CHANGELOG)(?:\.[^/]*)?$",
    re.IGNORECASE,
)
DOCUMENT_FOLDER = js_pattern(r"(?:^|/)docs/")

ENVIRONMENT_PREFIX = js_pattern(r"^(?:\s*[A-Z_][A-Z0-9_]*=\S+\s+)+")


@dataclass(frozen=True, slots=True)
class Command:
    """A command that begins with one of `heads`, each a whole word, and goes on as `pattern` says."""

    heads: frozenset[bytes]
    pattern: re.Pattern[str]

    def found_in(self, text: str) -> bool:
        return self.pattern.search(text) is not None


@dataclass(frozen=True, slots=True)
class CommandWithFlag(Command):
    """A command after which, on the same line, `flag` stands."""

    flag: re.Pattern[str]

    def found_in(self, text: str) -> bool:
        # Later occurrences on a line see less of it than the first, so it alone decides.
        return any(self.flag.search(text, first, end) for first, _, end in _tails(self.pattern, text))


@dataclass(frozen=True, slots=True)
class CommandWithoutFlag(Command):
    """A command after which, on the same line, no `flag` stands."""

    flag: re.Pattern[str]

    def found_in(self, text: str) -> bool:
        return any(not self.flag.search(text, last, end) for _, last, end in _tails(self.pattern, text))


def _tails(pattern: re.Pattern[str], text: str) -> Iterator[tuple[int, int, int]]:
    """For each line on which a match ends: where the first and the last one end, and where the line ends.

    Written out because `command.*flag` takes time in the square of a line that repeats its command.
    """
    first = last = end = -1
    for found in pattern.finditer(text):
        if found.end() > end:
            if first >= 0:
                yield first, last, end
            first = found.end()
            line_end = _LINE_END.search(text, first)
            end = line_end.start() if line_end else len(text)
        last = found.end()
    if first >= 0:
        yield first, last, end


_LINE_END = re.compile("[\n\r\u2028\u2029]")


def _pattern(heads: str, tail: str) -> tuple[frozenset[bytes], re.Pattern[str]]:
    words = heads.split()
    return frozenset(map(str.encode, words)), js_pattern(rf"\b(?:{'|'.join(words)}){tail}")


def _command(heads: str, tail: str = r"\b") -> Command:
    return Command(*_pattern(heads, tail))


def _with_flag(heads: str, tail: str, flag: str) -> Command:
    return CommandWithFlag(*_pattern(heads, tail), js_pattern(flag))


def _without_flag(heads: str, tail: str, flag: str) -> Command:
    return CommandWithoutFlag(*_pattern(heads, tail), js_pattern(flag))


@dataclass(frozen=True, slots=True)
class Family:
    """The activity that any of `commands` shows."""

    activity: str
    commands: tuple[Command, ...]


BASH_FAMILIES = (
    Family(
        "testing",
        (
            _command("pytest vitest jest mocha rspec phpunit ctest playwright cypress puppeteer"),
            _command("npm yarn pnpm bun", r"\s+(?:run\s+)?test\b"),
            _command("go cargo make", r"\s+test\b"),
            _command("node", r"\s+--test\b"),
        ),
    ),
    Family(
        "review",
        (
            _command("git", r"\s+(?:status|diff|show|log|blame)\b"),
            _command("gh", r"\s+(?:pr\s+(?:view|diff|checks)|run\s+view)\b"),
        ),
    ),
    Family(
        "git",
        (
            _command(
                "git",
                r"\s+(?:push|pull|fetch|commit|merge|rebase|checkout|cherry-pick|reset|revert|switch|tag|stash)\b",
            ),
        ),
    ),
    Family(
        "deps",
        (
            _command("npm yarn pnpm bun", r"\s+(?:install|add|remove|uninstall|update|upgrade|ci)\b"),
            _command("pip pip3 gem", r"\s+(?:install|uninstall)\b"),
            _command("uv", r"\s+(?:add|remove|sync)\b"),
            _command("poetry", r"\s+(?:add|remove|install|update)\b"),
            _command("cargo", r"\s+(?:add|remove|update)\b"),
            _command("go", r"\s+(?:get|mod\s+(?:tidy|download))\b"),
            _command("bundle", r"\s+(?:install|update|add)\b"),
            _command("brew", r"\s+(?:install|uninstall|upgrade|update)\b"),
            _command("apt", r"(?:-get)?\s+(?:install|remove)\b"),
        ),
    ),
    Family(
        "format",
        (
            _with_flag("prettier", r"\b", r"(?:--write|-w)(?:\s|$)"),
            _with_flag("eslint", r"\b", r"--fix\b"),
            _with_flag("biome", r"\s+check\b", r"--apply\b"),
            _without_flag("black", r"\b", r"--check\b"),
            _without_flag("cargo", r"\s+fmt\b", r"--check\b"),
            _command("biome ruff", r"\s+format\b"),
            _command("dprint", r"\s+fmt\b"),
            _command("isort rustfmt gofmt goimports"),
        ),
    ),
    Family(
        "verification",
        (
            _command("npm yarn pnpm bun", r"\s+(?:run\s+)?(?:lint|typecheck)\b"),
            _with_flag("prettier", r"\b", r"--check\b"),
            _without_flag("eslint", r"\b", r"--fix\b"),
            _without_flag("biome", r"\s+check\b", r"--apply\b"),
            _with_flag("black", r"\b", r"--check\b"),
            _with_flag("cargo", r"\s+fmt\b", r"--check\b"),
            _command("ruff cargo", r"\s+check\b"),
            _command("tsc", r"\b(?!\s+--build\b)"),
            _command("flake8 mypy pyright shellcheck hadolint"),
            _command("golangci", r"-lint\b"),
            _command("terraform", r"\s+validate\b"),
            _command("make", r"\s+(?:lint|check|typecheck|verify)\b"),
        ),
    ),
    Family(
        "build-deploy",
        (
            _command("docker", r"\s+(?:build|compose\s+build|push)\b"),
            _command("cargo go webpack vite next rollup esbuild", r"\s+build\b"),
            _command("make", r"\s+(?:build|release|dist|package|deploy)\b"),
            _command("npm yarn pnpm bun", r"\s+(?:run\s+)?build\b"),
            _command("tsc", r"\s+--build\b"),
            _command("pm2", r"\s+"),
            _command("kubectl", r"\s+(?:apply|rollout|set)\b"),
            _command("helm", r"\s+(?:install|upgrade)\b"),
            _command("terraform", r"\s+(?:apply|plan|destroy)\b"),
            _command("serverless", r"\s+deploy\b"),
            _command("vercel netlify flyctl railway sst", r"\s+(?:deploy|up)\b"),
        ),
    ),
)
"""In this order: inside one command an earlier family wins."""


@dataclass(frozen=True, slots=True)
class Keywords:
    """Whole words, and phrases of words with white space between them, that speak for `activity`."""

    activity: str
    words: frozenset[bytes]
    phrases: tuple[tuple[frozenset[bytes], re.Pattern[str]], ...]


def _keywords(activity: str, words: str, *phrases: str) -> Keywords:
    rows = []
    for phrase in phrases:
        first, second = phrase.split()
        # The boundary is looked for behind the first word: a pattern that begins with plain letters is found faster.
        pattern = js_pattern(rf"{first}(?<=\b{first})\s+{second}\b")
        rows.append((frozenset({first.encode(), second.encode()}), pattern))
    return Keywords(activity, frozenset(map(str.encode, words.split())), tuple(rows))


DEBUG = _keywords(
    "debugging",
    "bug error crash traceback stacktrace failure failing broken throw throws",
    "stack trace",
    "fix the",
    "not working",
)
REVIEW = _keywords("review", "review audit inspect", "look over")
REFACTOR = _keywords(
    "refactoring",
    "refactor refactoring cleanup rename extract restructure reorganize",
    "clean up",
    "move this",
)
FEATURE = _keywords("feature", "add create implement introduce", "new feature", "build the", "support for")
BRAINSTORM = _keywords(
    "brainstorming",
    "brainstorm explore design approach approaches",
    "what if",
    "think through",
    "should we",
)
PLANNING = _keywords("planning", "plan planning outline roadmap strategy")


@dataclass(frozen=True, slots=True)
class KeywordOrder:
    """Which families count, first match first; `vocabulary` is all the words they look for."""

    families: tuple[Keywords, ...]
    vocabulary: frozenset[bytes]


def _in_order(*families: Keywords) -> KeywordOrder:
    words = (family.words.union(*(phrase for phrase, _ in family.phrases)) for family in families)
    return KeywordOrder(families, frozenset().union(*words))


EDIT_KEYWORDS = _in_order(DEBUG, REFACTOR, FEATURE)
KEYWORDS = _in_order(DEBUG, REVIEW, REFACTOR, FEATURE)
IDLE_KEYWORDS = _in_order(BRAINSTORM, PLANNING)
"""What counts beside edits, without them, and without any tool call."""
