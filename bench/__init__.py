"""Measurements: `python -m bench.<name>` prints figures and fails when a goal is missed."""
