"""The running service: channels, the one path that they share, and the command line."""
