"""The font of the pictures."""
