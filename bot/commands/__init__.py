"""The command line in parts: the commands, and what they print."""
