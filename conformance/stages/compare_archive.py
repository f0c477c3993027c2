"""The model by activity table from the archive (compare.md 2).

In: turns, stamps and a query. Out: the table of an archive that was built of them in an empty home.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from conformance.stages.ledger import ledger_query
from conformance.stages.registry import Request, stage
from relayburn.analyze.compare import DEFAULT_MIN_SAMPLE
from relayburn.ledger.append import append_turns, forget_index
from relayburn.ledger.archive import build_archive
from relayburn.ledger.home import Home
from relayburn.ledger.stamps import write_stamp
from relayburn.pricing.table import table_from_wire
from relayburn.records import UNSET, to_wire
from relayburn.sdk import compare_from_archive


@stage("relayburn.analyze.compare.compare_from_archive")
def from_archive(request: Request) -> Any:
    args = request.args
    with tempfile.TemporaryDirectory() as folder:
        home = Home(Path(folder), Path(folder), {})
        append_turns(home, args["turns"], semantics=request.semantics)
        for stamp in args.get("stamps") or ():
            write_stamp(home, stamp["selector"], stamp["enrichment"], semantics=request.semantics)
        build_archive(home, semantics=request.semantics)
        forget_index()
        found = compare_from_archive(
            home,
            ledger_query(args),
            table_from_wire(args["pricing"]),
            models=args.get("models") or UNSET,
            min_sample=args.get("minSample", DEFAULT_MIN_SAMPLE),
            semantics=request.semantics,
        )
    return {"table": to_wire(found.table), "analyzedTurns": found.analyzed_turns}
