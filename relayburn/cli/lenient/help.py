"""The help texts of the lenient `burn` (cli.md 1: their wording is free)."""

from __future__ import annotations

TOP = """burn - what coding agents spent, on what and why

Usage:
  burn ingest      read what is new in the session logs of Claude Code, Codex and OpenCode
  burn run         run a harness, its session tagged and ingested
  burn state       show, rebuild, prune or reset what is derived from them

`burn <command> --help` tells more of a command. `--semantics current` reads the command line strictly."""

INGEST = """burn ingest - read what is new in the session logs of Claude Code, Codex and OpenCode

Usage:
  burn ingest [--quiet]
  burn ingest --hook claude [--quiet]

--hook reads one payload of a Claude Code hook from stdin, and the session's transcript."""

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
