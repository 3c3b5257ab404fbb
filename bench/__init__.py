"""Measurements of ratehouse at the size of a real city; `python -m bench --help` says which there are."""
