"""Moving pictures from one photo on this machine's own processor: no model, no network, no account."""

NAME = "local"
