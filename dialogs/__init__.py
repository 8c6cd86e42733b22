"""Conversations: pure functions from what was said to what is answered. No I/O, no channel, no database."""
