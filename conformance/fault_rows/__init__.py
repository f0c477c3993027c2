"""The rows of the fault catalogue, one module a part of the system; each has a tuple `FAULTS`."""
