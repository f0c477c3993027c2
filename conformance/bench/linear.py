"""Whether the work of the analyses grows with the turns, and no faster.

In: made-up turns, once in many sessions and once in one. Out: for each analysis the processor time of 1, 2, 4 and 8 times
as many turns, and by how much each doubling multiplied it. Twice is linear.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from math import log2
from statistics import linear_regression

from conformance.bench.measure import processor_seconds
from conformance.bench.turns import PRICES, MadeUp, many_sessions, one_session
from relayburn.analyze.compare import build_compare_table
from relayburn.analyze.ghost_surface.candidates import SurfacePlaces
from relayburn.analyze.ghost_surface.use import surface_use
from relayburn.analyze.hotspot_rollups import (
    aggregate_by_bash,
    aggregate_by_bash_verb,
    aggregate_by_file,
    aggregate_by_subagent,
)
from relayburn.analyze.hotspots import Hotspots, attribute_hotspots
from relayburn.analyze.markdown_sections import parse_markdown
from relayburn.analyze.overhead import attribute_overhead
from relayburn.analyze.overhead_files import AGENTS_MD, CLAUDE_MD, LoadedFile, OverheadFile
from relayburn.analyze.patterns.evidence import Evidence, Surface
from relayburn.analyze.sessions import by_session
from relayburn.analyze.waste import find_waste
from relayburn.reader.bash import parse_bash_command
from relayburn.sdk.summaries import spending_of, summed_up
from relayburn.semantics import CURRENT

TURNS = 2000
TIMES = (1, 2, 4, 8)
LIMIT = 2.3
ROUNDS = 5

_INSTRUCTIONS = "\n".join(f"## Rule {number}\n\n{'Keep it short. ' * number}\n" for number in range(1, 30))
_FILES = [
    LoadedFile(file=OverheadFile(kind=kind, path=path, applies_to=sources), parsed=parse_markdown(path, _INSTRUCTIONS))
    for kind, path, sources in (
        (CLAUDE_MD, "CLAUDE.md", ["claude-code"]),
        (CLAUDE_MD, ".claude/CLAUDE.md", ["claude-code"]),
        (AGENTS_MD, "AGENTS.md", ["codex", "opencode"]),
    )
]


SHAPES: Mapping[str, Callable[[int, int, int], MadeUp]] = {
    "many sessions": many_sessions,
    "one of Claude Code": partial(one_session, "claude-code"),
    "one of OpenCode": partial(one_session, "opencode"),
}


@dataclass(frozen=True, slots=True)
class Growth:
    """How the time of one analysis grew: `seconds` of 1, 2, 4 and 8 times the turns."""

    name: str
    seconds: tuple[float, ...]

    @property
    def doublings(self) -> tuple[float, ...]:
        """By how much each doubling of the turns multiplied the time."""
        return tuple(more / less for less, more in pairwise(self.seconds))

    @property
    def per_doubling(self) -> float:
        """By how much a doubling multiplies the time: the line that fits all sizes best, both on a logarithmic scale.

        A single doubling would be measured too roughly to be held to a limit.
        """
        slope, _ = linear_regression(range(len(self.seconds)), [log2(seconds) for seconds in self.seconds])
        return 2**slope

    @property
    def is_over(self) -> bool:
        """Whether a doubling costs more than it may."""
        return self.per_doubling > LIMIT


def growths(seed: int, turns: int = TURNS, rounds: int = ROUNDS) -> Iterator[Growth]:
    """Measure every analysis on sessions of 8 to 500 turns, and on one session that has all the turns."""
    for shape, make in SHAPES.items():
        works = [_works(make(seed, turns, times)) for times in TIMES]
        for name in works[0]:
            yield growth(f"{name}, {shape}", [work[name] for work in works], rounds)


def growth(name: str, works: Sequence[Callable[[], object]], rounds: int = ROUNDS) -> Growth:
    """Measure `works`, which are of 1, 2, 4 and 8 times as many turns."""
    # The least of all rounds: what else the machine does only ever adds to the time, and more to that of large data.
    seconds = processor_seconds({str(place): work for place, work in enumerate(works)}, rounds, min)
    return Growth(name, tuple(seconds.values()))


def _works(made: MadeUp) -> Mapping[str, Callable[[], object]]:
    user_turns = by_session(made.user_turns)
    attribute = partial(attribute_hotspots, made.turns, PRICES, semantics=CURRENT, user_turns_by_session=user_turns)
    return {
        "instruction files": partial(attribute_overhead, _FILES, made.turns, PRICES, semantics=CURRENT),
        "hotspots": attribute,
        "roll-ups of hotspots": partial(_roll_up, attribute()),
        "comparison": partial(build_compare_table, made.turns, PRICES, semantics=CURRENT),
        "sums by tool and model": lambda: summed_up(spending_of(made.turns), PRICES, CURRENT),
        "findings": partial(_findings, made),
    }


def _roll_up(hotspots: Hotspots) -> None:
    rows = hotspots.attributions
    aggregate_by_file(rows)
    aggregate_by_bash(rows)
    aggregate_by_bash_verb(rows, parse_bash_command)
    aggregate_by_subagent(rows)


def _findings(made: MadeUp) -> None:
    # Nothing is installed below a folder that is not there; what was used is found out all the same.
    places = SurfacePlaces.of_user("/nowhere", "/nowhere")
    use = surface_use(made.turns, PRICES, lambda _: ())
    find_waste(
        Evidence(
            turns=made.turns,
            table=PRICES,
            semantics=CURRENT,
            compactions=made.compactions,
            user_turns_by_session=by_session(made.user_turns),
            content_by_session=by_session(made.content),
            tool_result_events=made.events,
            surface=Surface(use, places, "/nowhere"),
        )
    )
