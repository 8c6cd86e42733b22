"""Finds a Chromium for the browser tests, and installs the system's where there is none and it can be.

Prints where it is. Exits 0 without one too, unless CI is set: the tests themselves then say loudly that they did not
run.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
OPTIONS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
"""What lets it run as root, and keeps it from calling home."""


def find() -> str | None:
    """The path of a Chromium, or None. HEBAO_TEST_BROWSER names one that is not on the PATH."""
    named = os.environ.get("HEBAO_TEST_BROWSER")
    return named or next((path for path in map(shutil.which, NAMES) if path), None)


def _install() -> None:
    if shutil.which("apt-get") is None or os.geteuid() != 0:
        return
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(["apt-get", "update"], check=False, **quiet)
    subprocess.run(
        ["apt-get", "install", "-y", "--no-install-recommends", "chromium", "fonts-noto-cjk"],
        check=False,
        env=environment,
        **quiet,
    )


def main() -> int:
    if find() is None:
        print("No Chromium found; trying to install the system's package.", flush=True)
        _install()
    found = find()
    if found:
        print(f"Browser tests use {found}.")
        return 0
    print(
        "NO BROWSER: the browser tests cannot run. Install Chromium (Debian: apt-get install chromium) "
        "or set HEBAO_TEST_BROWSER to its path.",
        file=sys.stderr,
    )
    return 1 if os.environ.get("CI") else 0


if __name__ == "__main__":
    sys.exit(main())
