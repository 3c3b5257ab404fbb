"""What a value must look like: as SQL over whole columns, and as a sentence for the rows that fail.

The SQL decides; the sentence is only written for rows that were rejected.
"""

from __future__ import annotations

import re

import pyarrow as pa

from ingest.contract import ENTITIES, Column, Entity

# Plain decimals only: a plus sign, an exponent, a currency sign or a thousands separator is a profile's
# business.
PATTERNS = {
    "money": r"-?[0-9]{1,16}(\.[0-9]{1,2})?",
    "quantity": r"-?[0-9]{1,12}(\.[0-9]{1,6})?",
    "integer": r"-?[0-9]{1,9}",
    "date": r"[0-9]{4}-[0-9]{2}-[0-9]{2}",
    "month": r"[0-9]{4}-(0[1-9]|1[0-2])",
}
DECIMAL_LIMITS = {"money": (16, 2), "quantity": (12, 6)}

# Faults are small numbers while a file is checked. Column faults are 1 and up, in the contract's order.
NO_FAULT = 0
RULE_FAULT = 1_000
DUPLICATE_FAULT = 2_000
UNKNOWN_FAULT = 3_000
PATTERN_FAULT = 4_000
EARLY_RETURN_FAULT = 5_000
EXCESS_RETURN_FAULT = 5_001
# Later deliveries or a corrected policy can heal these; see `ingest.retries`.
HEALABLE = (UNKNOWN_FAULT, PATTERN_FAULT, EARLY_RETURN_FAULT, EXCESS_RETURN_FAULT)


def is_exact(column: Column, arrow_type: pa.DataType) -> bool:
    """Whether a typed column is already what the contract asks, so that no text has to be checked."""
    types = pa.types
    if column.type == "date":
        return types.is_date32(arrow_type)
    if column.type == "boolean":
        return types.is_boolean(arrow_type)
    if column.type == "integer":
        return types.is_integer(arrow_type) and arrow_type.bit_width <= 32 and not types.is_uint32(arrow_type)
    if column.type in DECIMAL_LIMITS and types.is_decimal(arrow_type):
        whole, decimals = DECIMAL_LIMITS[column.type]
        return 0 <= arrow_type.scale <= decimals and arrow_type.precision - arrow_type.scale <= whole
    return False


def trimmed(source: str) -> str:
    """SQL for a value as text without blanks around it; nothing left is NULL."""
    return f"nullif(trim(CAST({source} AS VARCHAR), ' ' || chr(9)), '')"


def typed(column: Column) -> str:
    """SQL for the value of a text column in the contract's type; NULL where it does not fit."""
    if column.type in ("id", "text", "code", "month"):
        return column.name
    return f"TRY_CAST({column.name} AS {column.sql_type})"


def fault(column: Column, exact: bool) -> str:
    """SQL that is true where a value is at fault. Names, patterns and codes come from the contract."""
    name = column.name
    faults = [f"{name} IS NULL"] if column.required else []
    if not exact:
        if column.type in PATTERNS:
            faults.append(f"NOT regexp_full_match({name}, '{PATTERNS[column.type]}')")
        if column.type == "date":
            faults.append(f"({name} IS NOT NULL AND TRY_CAST({name} AS DATE) IS NULL)")
        if column.type == "boolean":
            faults.append(f"{name} NOT IN ('true', 'false')")
    if column.values:
        allowed = ", ".join(f"'{value}'" for value in column.values)
        faults.append(f"{name} NOT IN ({allowed})")
    return " OR ".join(faults) or "FALSE"


def explain(
    entity: Entity, number: int, row: dict[str, str | None], account_pattern: str | None
) -> tuple[str, str]:
    """The column and the sentence of a rejected row.

    Args:
        entity: what the row was meant to be.
        number: its fault.
        row: its canonical values as text.
        account_pattern: what the utility's policy asks of account ids.
    """
    if number >= RULE_FAULT:
        return _explain_row(entity, number, row, account_pattern)
    column = entity.columns[number - 1]
    value = row.get(column.name)
    if value is None:
        return column.name, f"{column.name}: is empty, and every row needs one"
    return column.name, f"{column.name}: {quoted(value)} {_complaint(column, value)}"


def quoted(value: str) -> str:
    """A value as it is shown in a sentence: never longer than a line."""
    return f"'{value}'" if len(value) <= 60 else f"'{value[:57]}...'"


def _explain_row(
    entity: Entity, number: int, row: dict[str, str | None], account_pattern: str | None
) -> tuple[str, str]:
    """The sentence for what is wrong with a row as a whole."""
    key = ", ".join(entity.key)
    if number >= EARLY_RETURN_FAULT:
        payment = quoted(row.get("payment_id") or "")
        if number == EARLY_RETURN_FAULT:
            return "returned_on", f"the return is dated before payment {payment} was posted; correct the date"
        return "amount", f"the return is more than what is left of payment {payment}; correct the amount"
    if number == PATTERN_FAULT:
        value = quoted(row.get("account_id") or "")
        return "account_id", (
            f"account_id: {value} does not match {account_pattern}, which the policy asks of account ids; "
            "were leading zeros lost?"
        )
    if number >= UNKNOWN_FAULT:
        column = entity.columns[number - UNKNOWN_FAULT - 1]
        return column.name, f"{unknown(column)} {row.get(column.name)}"
    if number == DUPLICATE_FAULT:
        return key, f"the key ({key}) is in this file more than once with different content; keep one row"
    rule = entity.rules[number - RULE_FAULT]
    value = row.get(rule.column)
    return rule.column, f"{rule.column}: {quoted(value) + ': ' if value else ''}{rule.sentence}"


def unknown(column: Column) -> str:
    """The beginning of the sentence for a row that names what has not arrived."""
    return f"unknown {ENTITIES[column.references or ''].singular}"


def _complaint(column: Column, value: str) -> str:
    """What is wrong with a value, and how to write it."""
    if column.values:
        lowered = value.lower()
        if lowered in column.values:
            return f"is not lower case; write {lowered}"
        return f"is not one of {', '.join(column.values)}; a source profile can translate it"
    if column.type == "boolean":
        return "is not a switch; write true or false"
    if column.type == "date":
        if re.fullmatch(PATTERNS["date"], value):
            return "is no day of the calendar"
        return "is not a date; write it as 2016-07-31"
    if column.type == "month":
        return "is not a month; write it as 2016-07"
    return _number_complaint(column, value)


def _number_complaint(column: Column, value: str) -> str:
    """What is wrong with a number; where the meaning is plain, how to write it."""
    plain = value
    found = []
    if re.fullmatch(r"\(.*\)", plain):
        plain, found = "-" + plain[1:-1], ["is in parentheses"]
    for sign, what in (
        ("$", "has a currency sign"),
        ("+", "has a plus sign"),
        (",", "has a thousands separator"),
    ):
        if sign in plain:
            plain = plain.replace(sign, "")
            found.append(what)
    if re.search(r"[0-9][eE][-+]?[0-9]", value):
        return "is written with an exponent; write the digits out"
    if found and re.fullmatch(PATTERNS[column.type], plain):
        return f"{' and '.join(found)}; write {plain}"
    if column.type == "integer":
        return "is not a whole number; write it as 12"
    whole, decimals = DECIMAL_LIMITS[column.type]
    if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", plain):
        return f"has more than {whole} digits before or {decimals} after the point"
    example = (
        "an amount; write it as 1234.50 or -12.30" if column.type == "money" else "a number; write it as 12.5"
    )
    return f"is not {example}"
