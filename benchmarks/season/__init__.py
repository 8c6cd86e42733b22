"""A season of reminders, played from the first day of a collection to the end: everything is to be accounted for."""
