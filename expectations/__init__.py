"""The audit at the two boundaries of the warehouse: deliveries coming in, marts going out.

`run` judges both; `docs/audit.md` lists what is expected. Great Expectations takes seconds to import: only
`expectations.engine` imports it, when there is something to judge.
"""

from expectations.declare import Boundary, ExpectationResult, Severity
from expectations.runner import run

__all__ = ["Boundary", "ExpectationResult", "Severity", "run"]
