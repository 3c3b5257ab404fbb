"""A city that never was: accounts, reads, bills, payments and the outage of December 2020, from a seed.

It shares nothing with the warehouse that it is meant to test: its books are its own, and they are written
beside the extracts.
"""

from simulator.run import SimulationSummary, run

__all__ = ["SimulationSummary", "run"]
