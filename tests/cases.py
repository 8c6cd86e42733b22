"""The YAML files beside the tests, which people who do not program can check."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml


def read_yaml(path: Path) -> Any:
    """The data of a file. By the library's reader in C where it has one: the tests have megabytes of them."""
    return yaml.load(path.read_text("utf-8"), Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))
