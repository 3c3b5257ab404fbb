"""What the bench of the workbook says where it cannot calculate, and what it takes for a difference."""

from __future__ import annotations

import openpyxl
import pytest

from bench import workbook
from reports.grid import Written


def test_without_libreoffice_it_says_what_to_install(monkeypatch, tmp_path):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(workbook.NoOffice, match="apt-get install libreoffice-calc"):
        workbook.office()


def test_a_cent_a_text_and_an_empty_cell_are_differences(tmp_path):
    book = openpyxl.Workbook()
    book.active.title = "Sewer"
    for cell, value in {"A1": 10.01, "A2": 10.004, "A3": "fail", "A4": 1.25}.items():
        book.active[cell] = value
    path = tmp_path / "calculated.xlsx"
    book.save(path)
    expected = [
        Written("Sewer", "A1", "a", "usd", True, 10.0),
        Written("Sewer", "A2", "b", "usd", True, 10.0),
        Written("Sewer", "A3", "c", "text", True, "pass"),
        Written("Sewer", "A4", "d", "ratio", False, 1.25),
        Written("Sewer", "A5", "e", "usd", True, 1.0),
        Written("Sewer", "A6", "f", "usd", True, ""),
    ]
    told = workbook.Compared("town", "nothing")
    workbook.compare(told, path, expected, expected)
    assert (told.figures, told.steps, told.moved, told.apart) == (5, 1, 0, 3)
    assert [line.split(" ")[1] for line in told.first] == ["A1", "A3", "A5"]


def test_a_copy_holds_no_calculated_value_and_the_changed_cell(tmp_path):
    path, target = tmp_path / "book.xlsx", tmp_path / "bare.xlsx"
    book = openpyxl.Workbook()
    book.active.title = "Assumptions"
    book.active["A1"], book.active["A2"] = 3, "=A1*2"
    book.save(path)
    workbook.bare(path, {("Assumptions", "A1"): 7}, target)
    assert openpyxl.load_workbook(target)["Assumptions"]["A1"].value == 7
    assert openpyxl.load_workbook(target, data_only=True)["Assumptions"]["A2"].value is None
