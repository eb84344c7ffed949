"""The benchmark: worlds of known size, and what every page and export costs in them.

`make bench` (or `python -m tests.bench --help`) runs it; it is no test and pytest collects nothing
here. Every world is built in a database of its own that goes away afterwards.
"""
