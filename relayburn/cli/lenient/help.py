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

A reset without --force only tells what it would remove."""

RUN = """burn run - run a harness, its session tagged and ingested

Usage:
  burn run <claude | codex | opencode> [--tag k=v ...] [-- <words for the harness>]"""
