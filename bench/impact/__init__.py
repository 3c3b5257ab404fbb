"""The study that judges the estimates of waivers and events against the simulator's truth.

Each simulated city is lived through three times with the same luck: as it was, without the waiver, and
without the whole event. The warehouse sees only the first, and never how strongly people answered. What it
estimates is held against the twins.
"""
