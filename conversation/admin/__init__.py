"""What staff sees: a menu of sections, each also a command, and a file a section."""
