"""The front desk: settings, wiring, middlewares and the command line."""
