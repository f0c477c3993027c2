"""Records and prices in, answers out: pure functions, each module one question."""
