"""docs/measurements.md: the sections between its markers are written by the programs that measured them."""

from __future__ import annotations

import datetime
import os
import platform
import re
import sqlite3
import subprocess
from pathlib import Path

from benchmarks.material import ROOT

PAGE = ROOT / "docs/measurements.md"


def write(section: str, text: str) -> None:
    """Put `text` between the two markers of a section. Raises ValueError where the page has no such section."""
    begin, end = (f"<!-- {section}: {side} -->" for side in ("begin", "end"))
    page = PAGE.read_text("utf-8")
    before, found, rest = page.partition(begin)
    _, closed, after = rest.partition(end)
    if not found or not closed:
        raise ValueError(f"{PAGE} has no section between {begin} and {end}")
    PAGE.write_text(f"{before}{begin}\n{text.strip()}\n{end}{after}", "utf-8")


def load() -> str:
    """The machine's load average now."""
    return " ".join(f"{each:.1f}" for each in os.getloadavg())


def stamp(load_before: str) -> str:
    """When and where it was measured, and how busy the machine was before and after."""
    lines = {
        "date": f"{datetime.datetime.now(datetime.UTC):%Y-%m-%d %H:%M} UTC",
        "commit": _commit(),
        "machine": f"{os.cpu_count()} cores, {_processor()}, {platform.system()} {platform.release()}",
        "Python": platform.python_version(),
        "SQLite": sqlite3.sqlite_version,
        "load average (1, 5, 15 min)": f"{load_before} before, {load()} after",
    }
    return "\n".join(f"- {name}: {value}" for name, value in lines.items())


def _commit() -> str:
    def git(*arguments: str) -> str:
        return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, check=False).stdout.strip()

    # What measures is no part of what is measured.
    changed = git("status", "--porcelain", "--", "bot", "dialogs", "policy_engine", "member_store", "locales")
    return (git("rev-parse", "--short", "HEAD") or "unknown") + (" with changes not yet committed" if changed else "")


def _processor() -> str:
    try:
        found = re.search(r"model name\s*:\s*(.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1] if found else platform.machine()
