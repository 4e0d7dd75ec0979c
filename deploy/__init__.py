"""What runs on other people's GPUs, not on ours: see docs/vendors.md. Nothing of the product imports it."""
