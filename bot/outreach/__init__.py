"""Reminders and notices: when people are told, what, by which way, and why somebody is not."""
