"""Copies extracts into a DuckDB file as they are: what the engine alone needs, beside which ingest stands."""

from __future__ import annotations

import argparse
from collections import defaultdict
from pathlib import Path

from ratehouse.warehouse import connect


def extracts(folder: Path) -> list[Path]:
    """The Parquet files of a delivery; the simulator's answer sheet is none."""
    return sorted(path for path in folder.rglob("*.parquet") if "answer_sheet" not in path.parts)


def copy(folder: Path, out: Path) -> None:
    """One table an entity, named as its files."""
    out.unlink(missing_ok=True)
    by_entity: dict[str, list[str]] = defaultdict(list)
    for path in extracts(folder):
        by_entity[path.stem].append(str(path))
    connection = connect(out)
    for entity, files in by_entity.items():
        connection.execute(
            f'CREATE TABLE "{entity}" AS SELECT * FROM read_parquet($files, union_by_name = true)',
            {"files": files},
        )
    connection.execute("CHECKPOINT")
    connection.close()


def main() -> None:
    """What `python -m bench.copying` does."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--extracts", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    copy(options.extracts, options.out)


if __name__ == "__main__":
    main()
