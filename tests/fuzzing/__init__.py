"""Hostile calls of the addresses that messengers use, each built by knowing a proper one, and what came of them."""
