"""Chaos: the whole of Echoes under kills, pauses and faults, and whether everything adds up afterwards."""
