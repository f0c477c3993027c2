"""`burn hotspots`: where the money of sessions went, and what of it was wasted (cli.md 8 and 9).

In: a `Shell` and settled options. Out: an exit code, and a report on stdout: what tool results cost (`attribution`), patterns of
waste (`patterns`), one session in detail (`session`), or what the logs do not tell (`gaps`).
"""
