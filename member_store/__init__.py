"""What the service remembers: conversations, what came in and what was answered; encrypted, one transaction a turn.

`member_store.store.Store` is the way in. Nothing here knows a dialogue, a rule or a channel.
"""
