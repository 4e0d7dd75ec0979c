"""AI vendors, one file each, behind a small protocol."""
