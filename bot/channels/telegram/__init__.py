"""Telegram: a bot that people write to. aiogram takes in and answers; python-telegram-bot sends what nobody asked for.

Importing aiogram takes seconds and much memory, so the modules here that need it are imported only by a process that
serves Telegram: `webhook`, `polling`, `conversing`, `sending`, `groups`, `reading` and `setting_up`. `broadcast` and
`sender` need python-telegram-bot, which a process imports when something is due.
"""

CHANNEL = "telegram"
