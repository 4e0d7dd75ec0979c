"""What a language model is asked about drafts. It is asked by a worker, and nobody else waits while it thinks."""
