"""Other people's engines beside ours: the same estimates and decisions, checked against each other, then timed."""
