"""Telegram: a bot that people write to. aiogram takes in and answers; python-telegram-bot sends what nobody asked for.

Importing aiogram takes seconds and much memory, so the modules here that need it are imported only by a process that
serves Telegram: `webhook`, `polling`, `conversing`, `sending`, `groups`, `reading` and `setting_up`. `broadcast` and
`delivering` need python-telegram-bot, and no process needs both.
"""

CHANNEL = "telegram"
