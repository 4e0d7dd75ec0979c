"""What is set without a deploy, and how every process learns of it."""
