"""dbt in a process of its own: one `dbt build`, progress as JSON lines on standard output.

A process of its own gives back all memory and every handle on the build's file when it ends. It ends with its
parent, even with one that was killed: its standard input is a pipe that the parent holds open, and the end of
that pipe is the end of the worker. Started as `python -m ratehouse.dbt_worker ARGUMENT...` by
`ratehouse.dbt`.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from typing import Any, TextIO


def main(arguments: list[str]) -> int:
    """Runs dbt with the given arguments.

    Returns:
        0 where every model was built and every test passed, else 1.
    """
    threading.Thread(target=_end_with_parent, daemon=True).start()
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # whatever dbt prints itself goes to the log

    from dbt.cli.main import dbtRunner

    result = dbtRunner(callbacks=[lambda event: _report(event, out)]).invoke(arguments)
    if result.exception is not None:
        _send(out, {"kind": "crash", "message": str(result.exception)})
    out.flush()
    return 0 if result.success else 1


def _end_with_parent() -> None:
    """Waits for the end of standard input; nothing is ever written to it."""
    # The descriptor itself: a lock of `sys.stdin` would be held while the interpreter shuts down.
    while os.read(0, 1):
        pass
    os._exit(1)


def _report(event: Any, out: TextIO) -> None:
    """Passes on which node dbt starts."""
    if event.info.name == "LogStartLine":
        node = event.data.node_info
        line = {
            "kind": "start",
            "name": node.node_name,
            "type": node.resource_type,
            "done": event.data.index - 1,
            "total": event.data.total,
        }
        _send(out, line)


def _send(out: TextIO, line: dict[str, Any]) -> None:
    out.write(json.dumps(line) + "\n")
    out.flush()


if __name__ == "__main__":
    code = main(sys.argv[1:])
    sys.stderr.flush()
    # dbt leaves threads behind; everything is on disk by now.
    os._exit(code)
