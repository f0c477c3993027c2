"""What can go wrong with a replay, apart from the answers.

Three kinds. Nothing can be replayed at all (`CorpusUnusable`, `SubjectUnusable`, `NoPlaceForCopies`, `EntriesUnusable`,
`BadSelection`): the run ends with exit code 2. One exchange cannot be put to the subject (`CannotAsk`): its verdict is `error`,
and the run goes on. A recording file cannot be read: that is a `RecordingError` of `relayburn.recording`, the file is
reported, the rest is replayed, and the exit code is 2.

None of them is a `RelayburnError`: those are what a subject may answer.
"""

from __future__ import annotations


class ReplayImpossible(Exception):
    """Base of what ends a run before its first exchange; the text is for the one who started it."""


class CorpusUnusable(ReplayImpossible):
    """The given folder is no corpus."""


class SubjectUnusable(ReplayImpossible):
    """The subject cannot be started, or does not introduce itself."""


class NoPlaceForCopies(ReplayImpossible):
    """Working copies would lie inside a git work tree, where project keys come out differently."""


class EntriesUnusable(ReplayImpossible):
    """A file of declared or pending entries cannot be read, or an entry in it is not whole."""


class BadSelection(ReplayImpossible):
    """A path to replay does not exist, or names no line of its recording."""


class CannotAsk(Exception):
    """One exchange cannot be put to the subject: a fixture is missing, a setup step fails, the request is malformed."""
