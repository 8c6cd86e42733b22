"""Packs from YAML: every value checked, every fault named with file, line, key and what to do."""
