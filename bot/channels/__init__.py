"""Channels: thin. Each verifies, parses, hands over to `bot.service`, and renders what comes back."""
