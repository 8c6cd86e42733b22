"""What the running service does for members: the policy engine, the sheets and the store brought together."""
