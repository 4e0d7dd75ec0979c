"""What the product does: use cases over the database; each use case is one transaction."""
