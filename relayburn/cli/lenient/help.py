"""The help texts of the lenient `burn` (cli.md 1: their wording is free)."""

from __future__ import annotations

TOP = """burn - what coding agents spent, on what and why

Usage:
  burn summary      what was spent: by model, provider, tool, tag, subagent
  burn hotspots     where the money went inside sessions, and what was wasted
  burn overhead     what instruction files (CLAUDE.md, AGENTS.md) cost to carry
  burn compare      how models compare at each kind of work
  burn run          run a harness, its session tagged and ingested
  burn ingest       read what is new in the session logs of Claude Code, Codex and OpenCode
  burn mcp-server   answer an agent's questions about its own costs
  burn state        show, rebuild, prune or reset what is derived from session logs

Amounts are list-price equivalents in US dollars. `burn <command> --help` tells more of a command.
`--semantics current` reads the command line strictly, by corrected rules."""

INGEST = """burn ingest - read what is new in the session logs of Claude Code, Codex and OpenCode

Usage:
  burn ingest [--quiet]
  burn ingest --watch [--interval <ms>] [--quiet] [--opencode-stream [--opencode-url <url>] [--opencode-global]]
  burn ingest --hook claude [--quiet]

--watch goes on ingesting, each second or each <ms>, until Ctrl-C; --opencode-stream listens to a running OpenCode
server as well. --hook reads one payload of a Claude Code hook from stdin, and the session's transcript."""

STATE = """burn state - show, rebuild, prune or reset what is derived from session logs

Usage:
  burn state [status] [--json]
  burn state rebuild index | classify [--force] | content | all [--force]
  burn state rebuild archive [build | vacuum] [--full | --vacuum] [--json]
  burn state prune [--days <n> | --days forever] [--force]
  burn state reset [--force [--reingest]] [--json]
  burn state reingest [--json]
  burn state export-sqlite <path> [--json]
  burn state fingerprint [--session <id> | --project <path>] [--json]

A reset without --force only tells what it would remove."""

RUN = """burn run - run a harness, its session tagged and ingested

Usage:
  burn run <claude | codex | opencode> [--tag k=v ...] [-- <words for the harness>]"""

OVERHEAD = """burn overhead - what instruction files (CLAUDE.md, .claude/CLAUDE.md, AGENTS.md) cost to carry in every prompt

Usage:
  burn overhead [--project <path>] [--since <time>] [--kind claude-md | agents-md] [--json]
  burn overhead trim [--project <path>] [--since <time>] [--kind claude-md | agents-md] [--top <n>] [--json]

trim shows the dearest sections (3 of each file, or --top) as diffs, with what their cut would have saved; files are
never changed. <time> is an ISO time, or so long ago as 7d. Amounts are list-price equivalents."""

COMPARE = """burn compare - models beside each other, by what they were used for

Usage:
  burn compare <model,model[,...]> [--since <time>] [--project <path>] [--session <id>] [--provider <name,...>]
               [--workflow <id>] [--agent <id>] [--min-sample <n>] [--fidelity <class> | --include-partial]
               [--json | --csv] [--no-archive]

<class> is the least that a turn's source must tell: full, usage-only (the default), aggregate-only, cost-only, or
partial, which counts every turn. A cell of fewer than <n> turns (5) is marked as a small sample. <time> is an ISO time,
or so long ago as 7d. Amounts are list-price equivalents."""

MCP_SERVER = """burn mcp-server - answers an agent's questions about its own spending, as a server of the Model Context Protocol

Usage:
  burn mcp-server [--session-id <id>]

It speaks on stdin and stdout. Its tool burn__sessionCost tells what a session cost so far: the one that is asked for,
else <id>. Amounts are list-price equivalents."""
