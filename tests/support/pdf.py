"""PDFs read back."""

from __future__ import annotations

import re
from pathlib import Path

from pypdf import PdfReader


def text_of(path: Path) -> str:
    """The text of a PDF on one line: words that stand on two lines are found as one says them."""
    return re.sub(r"\s+", " ", " ".join(page.extract_text() for page in PdfReader(path).pages))
