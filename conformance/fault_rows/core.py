"""Faults of what all readers stand on: JavaScript's text, numbers and JSON, hashes, classifier, user turns, git, fidelity."""

from __future__ import annotations

from conformance.fault import Fault
from conformance.mutation import Change, Drop, Flip, Misspell, Rewrite, Shift

CLASSIFY = ("relayburn.classifier.classify_activity",)
VERBS = ("relayburn.classifier.parse_bash_command",)
RETRIES = ("relayburn.classifier.count_retries",)
NAMES = ("relayburn.classifier.normalize_tool_name",)
SIZES = ("relayburn.reader.user_turn.*",)
HASHES = ("relayburn.reader.hash.*",)
GIT = ("relayburn.reader.git.*",)
FIDELITY = ("relayburn.reader.fidelity.*", "relayburn.analyze.fidelity.*")


def _in(module: str, name: str, change: Change, protocols: tuple[str, ...]) -> Fault:
    return Fault(f"{module.rpartition('.')[2]}: {name}", f"relayburn.{module}", change, protocols)


FAULTS = (
    _in(
        "text",
        "trim knows Python's white space",
        Rewrite("return text.strip(WHITE_SPACE)", "return text.strip()"),
        VERBS,
    ),
    _in(
        "text",
        "a lone surrogate counts two bytes",
        Rewrite('return len(text.encode("utf-8", "surrogatepass"))', 'return len(text.encode("utf-8", "replace"))'),
        SIZES,
    ),
    _in("jsnum", "plain digits end one power early", Shift("shortest", 4, -1), HASHES),
    _in("jsnum", "small fractions turn to exponents one power early", Shift("shortest", 6, -1), HASHES),
    _in("jsjson", "keys sort by code point", Rewrite("sorted(mapping, key=code_unit_key)", "sorted(mapping)"), HASHES),
    _in(
        "jsjson",
        "index-like keys keep their place",
        Rewrite("    if not indices:\n        return mapping\n", "    return mapping\n"),
        ("relayburn.reader.claude",),
    ),
    _in("reader.hashing", "hashes are one digit longer", Shift("content_hash", 0), HASHES),
    _in(
        "reader.user_turn",
        "tokens by the byte round down",
        Rewrite("return ceil(byte_len / 4)", "return int(byte_len // 4)"),
        SIZES,
    ),
    _in("reader.user_turn", "five bytes a token", Shift("bytes_to_approx_tokens", 0), SIZES),
    _in(
        "reader.user_turn",
        "an error is not marked",
        Rewrite("is_error=True if is_error is True else UNSET", "is_error=UNSET"),
        SIZES,
    ),
    _in("reader.tokens", "one special token is let through", Drop("SPECIAL_TOKENS", 3), SIZES),
    _in(
        "reader.fidelity",
        "output alone is usage enough",
        Rewrite(
            "if not (coverage.has_input_tokens and coverage.has_output_tokens):",
            "if not (coverage.has_input_tokens or coverage.has_output_tokens):",
        ),
        FIDELITY,
    ),
    _in(
        "reader.fidelity",
        "full needs no cache reads",
        Rewrite(
            "        coverage.has_cache_read_tokens\n        and coverage.has_tool_calls",
            "        coverage.has_tool_calls",
        ),
        FIDELITY,
    ),
    _in("reader.fidelity", "aggregates are judged by coverage", Drop("_CLASS_OF_GRANULARITY", 1), FIDELITY),
    _in("reader.activity_rules", "apply_patch is no edit", Drop("TOOL_ALIASES", 0), CLASSIFY + NAMES),
    _in("reader.activity_rules", "glob has no alias", Drop("TOOL_ALIASES", 18), NAMES),
    _in("reader.activity_rules", "one retry is debugging", Shift("DEBUGGING_RETRIES", 0, -1), CLASSIFY),
    _in("reader.activity_rules", "three retries are debugging", Shift("DEBUGGING_RETRIES", 0, 1), CLASSIFY),
    _in(
        "reader.activity_rules",
        "MultiEdit is no edit",
        Drop("EDIT_TOOLS", 3),
        CLASSIFY,
    ),
    _in(
        "reader.activity_rules",
        "git comes before testing",
        Rewrite("BASH_FAMILIES = (\n", 'BASH_FAMILIES = (\n    Family("git", (_command("git", r"\\s+push\\b"),)),\n'),
        CLASSIFY,
    ),
    _in(
        "reader.activity_rules",
        "features come before refactorings",
        Rewrite(
            "KEYWORDS = _in_order(DEBUG, REVIEW, REFACTOR, FEATURE)",
            "KEYWORDS = _in_order(DEBUG, REVIEW, FEATURE, REFACTOR)",
        ),
        CLASSIFY,
    ),
    _in(
        "reader.activity_rules",
        "review keywords count beside edits",
        Rewrite(
            "EDIT_KEYWORDS = _in_order(DEBUG, REFACTOR, FEATURE)",
            "EDIT_KEYWORDS = _in_order(DEBUG, REVIEW, REFACTOR, FEATURE)",
        ),
        CLASSIFY,
    ),
    _in(
        "reader.activity_rules",
        "any docs folder counts",
        Rewrite('js_pattern(r"(?:^|/)docs/")', 'js_pattern(r"(?:^|/)docs/", re.IGNORECASE)'),
        CLASSIFY,
    ),
    _in(
        "reader.activity_rules",
        "lower-case variables are stripped too",
        Rewrite(r'r"^(?:\s*[A-Z_][A-Z0-9_]*=\S+\s+)+"', r'r"^(?:\s*[A-Za-z_][A-Za-z0-9_]*=\S+\s+)+"'),
        CLASSIFY,
    ),
    _in(
        "reader.activity_rules",
        "a check flag before black is seen",
        Rewrite("any(not self.flag.search(text, last, end)", "any(not self.flag.search(text)"),
        CLASSIFY,
    ),
    _in("reader.activity_rules", "tsc --build is a check", Rewrite(r'r"\b(?!\s+--build\b)"', r'r"\b"'), CLASSIFY),
    _in("reader.classifier", "retries are the edits", Flip("_count_retries", 1), RETRIES),
    _in(
        "reader.classifier",
        "one document makes an edit documentation",
        Rewrite("if all(_is_document", "if any(_is_document"),
        CLASSIFY,
    ),
    _in("reader.classifier", "no reasoning is reasoning", Flip("_idle_activity", 0), CLASSIFY),
    _in(
        "reader.classifier",
        "planning beats delegation",
        Rewrite(
            "if not rules.DELEGATION_TOOLS.isdisjoint(names):",
            "if rules.PLAN_TOOL not in names and not rules.DELEGATION_TOOLS.isdisjoint(names):",
        ),
        CLASSIFY,
    ),
    _in("reader.bash", "six wrappers are taken off", Shift("MAX_DEPTH", 0), VERBS),
    _in("reader.bash", "apt-get has no subcommands", Drop("MULTIWORD", 18), VERBS),
    _in("reader.bash", "--repo takes no value", Drop("VALUE_OPTIONS", 8), VERBS),
    _in(
        "reader.bash",
        "a newline ends no command",
        Drop("OPERATORS", 4),
        VERBS,
    ),
    _in("reader.bash", "compose is a whole subcommand", Drop("TWO_PART_SUBCOMMANDS", 0), VERBS),
    _in(
        "reader.bash",
        "zsh is a program like others",
        Drop("SHELLS", 2),
        VERBS,
    ),
    _in("reader.git", "the remote is called upstream", Misspell("_project_key", 1), GIT),
    _in(
        "reader.git",
        "the path of a remote is lower-cased",
        Rewrite('return f"{host.lower()}/{path}"', 'return f"{host.lower()}/{path.lower()}"'),
        GIT,
    ),
    _in(
        "reader.git",
        "a url is cut at its last @",
        Rewrite('scheme[1].partition("@")', 'scheme[1].rpartition("@")'),
        GIT,
    ),
    _in("reader.git", "comments count inside quotes", Flip("_without_comment", 0), GIT),
    _in(
        "reader.git",
        "the first value of a key stays",
        Rewrite(
            "section[key] = _without_comment(trim(value))", "section.setdefault(key, _without_comment(trim(value)))"
        ),
        GIT,
    ),
    _in("reader.activity_rules", "installing is nothing", Drop("BASH_FAMILIES", 3), CLASSIFY),
    _in(
        "reader.activity_rules",
        "reviewing is nothing",
        Rewrite("_in_order(DEBUG, REVIEW, REFACTOR, FEATURE)", "_in_order(DEBUG, REFACTOR, FEATURE)"),
        CLASSIFY,
    ),
    _in("reader.activity_rules", "crashes are no bugs", Misspell("DEBUG", 1), CLASSIFY),
    _in(
        "reader.activity_rules",
        "designs are no storms of the brain",
        Rewrite("_in_order(BRAINSTORM, PLANNING)", "_in_order(PLANNING)"),
        CLASSIFY,
    ),
    _in("reader.bash", "python3 runs no modules", Drop("PYTHONS", 1), VERBS),
    _in("reader.bash", "bun runs no scripts", Drop("SCRIPT_RUNNERS", 3), VERBS),
    _in("reader.bash", "a semicolon ends no cd", Drop("CD_SEPARATORS", 1), VERBS),
    _in("reader.git", "only the directory itself is looked at", Shift("MAX_DIRECTORIES", 0, -99), GIT),
    _in("jsnum", "numbers turn to exponents one power late", Shift("shortest", 4, 1), HASHES),
    _in("reader.classifier", "a failed tool is no bug", Flip("_edit_activity", 0), CLASSIFY),
)
