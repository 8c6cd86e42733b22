"""Stand-ins for the platforms: real servers over real HTTP, which know nothing of our code."""
