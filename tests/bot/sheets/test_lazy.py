"""What reads and writes workbooks is loaded by whoever does so, and by nobody else."""

from __future__ import annotations

import subprocess
import sys


def test_nothing_heavy_is_loaded_before_a_workbook_is_opened() -> None:
    code = (
        "import sys; import bot.sheets.reading, bot.sheets.writing; "
        "sys.exit(bool({'python_calamine', 'xlsxwriter', 'babel', 'typer'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
