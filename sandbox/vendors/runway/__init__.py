"""Runway's API, version 2024-11-06."""
