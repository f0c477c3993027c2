"""The patterns of classifier.md 6, 7 and 8, word for word: what the classifier's tables must mean."""

from __future__ import annotations

import re

from relayburn.text import js_pattern

_BASH = {
    "testing": r"""
        \bpytest\b
        \bpython\s+-m\s+pytest\b
        \bvitest\b
        \bbun\s+test\b
        \bjest\b
        \bmocha\b
        \brspec\b
        \bphpunit\b
        \bgo\s+test\b
        \bcargo\s+test\b
        \b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?test\b
        \bnode\s+--test\b
        \bmake\s+test\b
        \bctest\b
        \bplaywright\b
        \bcypress\b
        \bpuppeteer\b
    """,
    "review": r"""
        \bgit\s+status\b
        \bgit\s+diff\b
        \bgit\s+show\b
        \bgit\s+log\b
        \bgit\s+blame\b
        \bgh\s+pr\s+(?:view|diff|checks)\b
        \bgh\s+run\s+view\b
    """,
    "git": r"""
        \bgit\s+(?:push|pull|fetch|commit|merge|rebase|checkout|cherry-pick|reset|revert|switch|tag|stash)\b
    """,
    "deps": r"""
        \b(?:npm|yarn|pnpm|bun)\s+(?:install|add|remove|uninstall|update|upgrade|ci)\b
        \bpip\s+(?:install|uninstall)\b
        \bpip3\s+(?:install|uninstall)\b
        \bpython\s+-m\s+pip\s+(?:install|uninstall)\b
        \buv\s+(?:add|remove|sync|pip\s+install)\b
        \bpoetry\s+(?:add|remove|install|update)\b
        \bcargo\s+(?:add|remove|update)\b
        \bgo\s+(?:get|mod\s+(?:tidy|download))\b
        \bbundle\s+(?:install|update|add)\b
        \bgem\s+(?:install|uninstall)\b
        \bbrew\s+(?:install|uninstall|upgrade|update)\b
        \bapt(?:-get)?\s+(?:install|remove)\b
    """,
    "format": r"""
        \bprettier\b.*(?:--write|-w)(?:\s|$)
        \beslint\b.*--fix\b
        \bbiome\s+format\b
        \bbiome\s+check\b.*--apply\b
        \bblack\b(?!.*--check\b)
        \bruff\s+format\b
        \bisort\b
        \brustfmt\b
        \bcargo\s+fmt\b(?!.*--check\b)
        \bgofmt\b
        \bgoimports\b
        \bdprint\s+fmt\b
    """,
    "verification": r"""
        \b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?lint\b
        \b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?typecheck\b
        \bprettier\b.*--check\b
        \beslint\b(?!.*--fix\b)
        \bbiome\s+check\b(?!.*--apply\b)
        \bblack\b.*--check\b
        \bruff\s+check\b
        \bflake8\b
        \bmypy\b
        \bpyright\b
        \btsc\b(?!\s+--build\b)
        \bcargo\s+check\b
        \bcargo\s+fmt\b.*--check\b
        \bgolangci-lint\b
        \bshellcheck\b
        \bhadolint\b
        \bterraform\s+validate\b
        \bmake\s+(?:lint|check|typecheck|verify)\b
    """,
    "build-deploy": r"""
        \bdocker\s+(?:build|compose\s+build|push)\b
        \bcargo\s+build\b
        \bgo\s+build\b
        \bmake\s+(?:build|release|dist|package|deploy)\b
        \b(?:npm|yarn|pnpm|bun)\s+(?:run\s+)?build\b
        \b(?:webpack|vite|next|rollup|esbuild)\s+build\b
        \btsc\s+--build\b
        \bpm2\s+
        \bkubectl\s+(?:apply|rollout|set)\b
        \bhelm\s+(?:install|upgrade)\b
        \bterraform\s+(?:apply|plan)\b
        \bterraform\s+destroy\b
        \bserverless\s+deploy\b
        \b(?:vercel|netlify|flyctl|railway|sst)\s+(?:deploy|up)\b
    """,
}

_DOCUMENTS = (
    (r"\.md$", re.I),
    (r"\.mdx$", re.I),
    (r"\.rst$", re.I),
    (r"\.adoc$", re.I),
    (r"\.txt$", re.I),
    (r"(?:^|/)README(?:\.[^/]*)?$", re.I),
    (r"(?:^|/)CHANGELOG(?:\.[^/]*)?$", re.I),
    (r"(?:^|/)docs/", 0),
)

_KEYWORDS = {
    "debugging": r"\b(bug|error|crash|traceback|stack\s*trace|failure|failing|broken|fix\s+the|not\s+working|throws?)\b",
    "review": r"\b(review|audit|inspect|look\s+over|code\s+review|pr\s+review)\b",
    "refactoring": r"\b(refactor|refactoring|cleanup|clean\s+up|rename|extract|restructure|move\s+this|reorganize)\b",
    "feature": r"\b(add|create|implement|new\s+feature|build\s+the|introduce|support\s+for)\b",
    "brainstorming": r"\b(brainstorm|what\s+if|think\s+through|explore(?:\s+ideas)?|design|should\s+we|approach(?:es)?)\b",
    "planning": r"\b(plan(?:ning)?|outline|roadmap|strategy)\b",
}

BASH = {activity: [js_pattern(source) for source in table.split()] for activity, table in _BASH.items()}
ENVIRONMENT = js_pattern(r"^(?:\s*[A-Z_][A-Z0-9_]*=\S+\s+)+")
DOCUMENTS = [js_pattern(source, flags) for source, flags in _DOCUMENTS]
KEYWORDS = {activity: js_pattern(source, re.I) for activity, source in _KEYWORDS.items()}


def bash_activity(command: str) -> str | None:
    """Rule 5 of classifier.md 5 for one command."""
    command = ENVIRONMENT.sub("", command)
    return next((name for name, table in BASH.items() if any(p.search(command) for p in table)), None)


def keyword_activity(text: str, *order: str) -> str | None:
    """The first activity in `order` whose keywords stand in `text`."""
    return next((activity for activity in order if KEYWORDS[activity].search(text)), None)


def is_document(target: str) -> bool:
    return any(pattern.search(target) for pattern in DOCUMENTS)
