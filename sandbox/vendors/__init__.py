"""Runway, RunPod, Modal and OpenRouter, as far as the product talks to them."""
