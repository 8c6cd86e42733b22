"""The command line in parts: what is asked of the engine, and what is done with packs."""
