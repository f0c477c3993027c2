"""`burn summary`: what was spent, on which models, tools, subagents and sessions (cli.md 7).

In: a `Shell` and settled options. Out: a table for people, or JSON, and an exit code. `inquiry` finds the turns that are
asked for; each of the other modules shows them from one side.
"""
