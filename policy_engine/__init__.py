"""Rules as code: policy packs, and what follows from them for a person. No I/O but reading packs."""
