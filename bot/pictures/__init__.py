"""Pictures of what a turn concludes, for chats that show nothing but text."""
