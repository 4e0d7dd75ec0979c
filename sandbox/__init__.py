"""A stand-in for the outside world on one machine, spoken to only over HTTP."""
