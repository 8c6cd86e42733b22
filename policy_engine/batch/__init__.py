"""The same packs over whole populations, on Polars: a data frame in, a data frame out.

Only this package needs Polars, which comes with the extra `batch`.
"""

from __future__ import annotations

from policy_engine.batch.columns import RowError
from policy_engine.batch.counties import only_of
from policy_engine.batch.run import Run, contributions, decisions, estimates

__all__ = ["RowError", "Run", "contributions", "decisions", "estimates", "only_of"]
