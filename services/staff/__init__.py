"""Who runs the service: roles and what they may do, and the log of what was done by virtue of them."""
