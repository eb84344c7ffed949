"""What the product holds under load, after crashes, under nonsense: figures with their budgets.

`make stress` (or `python -m tests.stress --help`) runs it; it is no test and pytest finds nothing
here. Every part has an installation of its own (database, files, app processes as `make run` starts
them) on the loopback address, which goes away afterwards.
"""
