"""What `assumptions.yml` may say: scenarios, assumptions, and the tests that rates are judged by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import Field, field_validator, model_validator

from ingest.policy_types import DECIMAL_TEXT, Code, Number, Positive, Sourced, Strict, Text, complaint


@dataclass(frozen=True)
class Limits:
    """What an assumption's value may be.

    Attributes:
        least: the least value; None where there is no limit.
        most: the greatest value; None where there is no limit.
        is_whole: whether only whole numbers make sense.
    """

    least: int | None = None
    most: int | None = None
    is_whole: bool = False


_SHARE = Limits(0, 100)
_AMOUNT = Limits(least=0)
ASSUMPTIONS: dict[str, Limits] = {
    "growth_percent": Limits(-100, 100),
    "usage_growth_percent": Limits(-100, 100),
    "usage_shock_percent": Limits(-100, 100),
    "elasticity": Limits(-10, 0),
    "volumetric_share_percent": _SHARE,
    "inflation_percent": Limits(-100, 100),
    "uncollectible_percent": _SHARE,
    "interest_percent": _SHARE,
    "rate_adjustment_percent": Limits(least=-100),
    "rate_effective_month": Limits(1, 12, is_whole=True),
    "rate_cap_percent": _AMOUNT,
    "pilot_percent": _SHARE,
    "debt_interest_percent": _SHARE,
    "debt_term_years": Limits(1, 50, is_whole=True),
    "capital_delay_years": Limits(0, 30, is_whole=True),
    "capital_share_percent": _AMOUNT,
    "waiver_extension_usd": _AMOUNT,
    "target_coverage": _AMOUNT,
    "target_days_cash": _AMOUNT,
    "target_reserve_usd": _AMOUNT,
    "target_reserve_days": _AMOUNT,
    "target_operating_ratio": _AMOUNT,
    "target_depreciation_ratio": _AMOUNT,
    "reserve_contribution_usd": _AMOUNT,
    "planned_reserve_draw_usd": _AMOUNT,
}

# What a term of a test may name: the chart's categories of flows, and those that the forecast makes.
REVENUE = ("rate_revenue", "other_operating_revenue", "non_operating_revenue", "restricted_revenue")
CATEGORIES = (
    *REVENUE,
    "uncollectible",
    "operating_expense",
    "depreciation",
    "debt_service",
    "rate_funded_capital",
    "debt_funded_capital",
    "grant_funded_capital",
    "reserve_funded_capital",
    "transfer",
    "reserve_contribution",
    "reserve_draw",
    "beginning_balance",
    "ending_balance",
)
LIENS = ("senior", "subordinate", "srf", "go")


class Scenario(Strict):
    """A named set of assumptions; what it does not say, it takes from `based_on`."""

    scenario: Code
    title: Text
    based_on: Code | None = None


def _years(years: Any) -> Any:
    for span in years if isinstance(years, dict) else ():
        if not isinstance(span, str) or not re.fullmatch(r"[0-9]{4}(-[0-9]{4})?", span):
            raise complaint(
                f"{span!r} is not a fiscal year or a span of them", 'Write "2024" or "2024-2030", in quotes'
            )
        if span[-4:] < span[:4]:
            raise complaint(f"the span {span} runs backwards", "Write the earlier fiscal year first")
    return years


def _known(name: str) -> str:
    if name.split(".")[0] not in ASSUMPTIONS:
        raise complaint(
            f"the assumption {name!r} is not known", f"Write one of {', '.join(sorted(ASSUMPTIONS))}"
        )
    return name


class Assumption(Sourced):
    """One assumption over fiscal years, for one or more funds."""

    scenario: Code
    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?$")]
    funds: Annotated[list[Code], Field(min_length=1)]
    years: Annotated[dict[str, Number], Field(min_length=1)]
    owner: Text
    assumed_on: date

    @field_validator("name")
    @classmethod
    def _known(cls, name: str) -> str:
        return _known(name)

    @field_validator("years", mode="before")
    @classmethod
    def _spans(cls, years: Any) -> Any:
        return _years(years)

    @model_validator(mode="after")
    def _within_limits(self) -> Assumption:
        limits = ASSUMPTIONS[self.name.split(".")[0]]
        for span, value in self.years.items():
            if limits.is_whole and value != value.to_integral_value():
                raise complaint(f"{self.name} of {span} is {value}", "Write a whole number")
            too_low = limits.least is not None and value < limits.least
            if too_low or (limits.most is not None and value > limits.most):
                allowed = "or more" if limits.most is None else f"to {limits.most}"
                raise complaint(f"{self.name} of {span} is {value}", f"Write {limits.least} {allowed}")
        return self

    def by_year(self) -> list[tuple[int, Decimal]]:
        """Fiscal year and value, one pair a year."""
        return [
            (year, value)
            for span, value in self.years.items()
            for year in range(int(span[:4]), int(span[-4:]) + 1)
        ]


@dataclass(frozen=True)
class Term:
    """A part of a test's numerator or denominator.

    Attributes:
        sign: 1, or -1 where it is subtracted.
        kind: `category` or `line`.
        name: the category, or the line's code.
        qualifier: `pledged`, a lien, or None for all of the category.
    """

    sign: int
    kind: str
    name: str
    qualifier: str | None


def term_of(text: str) -> Term:
    """Reads a term as it is written: `[-]category[.pledged | .<lien>]` or `[-]line:<code>`.

    Raises:
        PydanticCustomError: nothing of the forecast has that name.
    """
    sign, body = (-1, text[1:]) if text.startswith("-") else (1, text)
    if body.startswith("line:"):
        if not re.fullmatch(r"line:[^\s:]+", body):
            raise complaint(f"the term {text!r} names no line", "Write it like line:pilot")
        return Term(sign, "line", body.removeprefix("line:"), None)
    category, _, qualifier = body.partition(".")
    if category not in CATEGORIES:
        raise complaint(
            f"the term {text!r} is not known",
            f"Write line:<code of the chart>, or one of {', '.join(CATEGORIES)}",
        )
    if not qualifier and "." not in body:
        return Term(sign, "category", category, None)
    if category == "debt_service":
        if qualifier not in LIENS:
            raise complaint(f"the lien of {text!r} is not known", f"Write one of {', '.join(LIENS)}")
    elif category not in (*REVENUE, "uncollectible") or qualifier != "pledged":
        raise complaint(
            f"the term {text!r} has a part that it cannot have",
            "Only revenue is .pledged, and only debt_service has a lien",
        )
    return Term(sign, "category", category, qualifier)


class SufficiencyTest(Sourced):
    """A test of a fund's rates, as an ordinance, a policy or an adviser asks it."""

    test_id: Code
    title: Text
    funds: Annotated[list[Code], Field(min_length=1)]
    measure: Literal["ratio", "difference", "days"]
    numerator: Annotated[list[Text], Field(min_length=1)]
    denominator: list[Text] = []
    debt_service: Literal["annual", "maximum", "average"] = "annual"
    at_least: str | None = None
    at_most: str | None = None
    band_percent: Positive | None = None
    is_required: bool
    sets_rates: bool = False
    ordinance: Text | None = None
    convention: Text | None = None
    owner: Text
    assumed_on: date

    @field_validator("numerator", "denominator")
    @classmethod
    def _terms(cls, terms: list[str]) -> list[str]:
        read = [term_of(text) for text in terms]
        for place, term in enumerate(read):
            for other in read[:place]:
                if (term.kind, term.name) == (other.kind, other.name) and (
                    term.qualifier == other.qualifier or None in (term.qualifier, other.qualifier)
                ):
                    raise complaint(f"{term.name} counts twice", "Remove one of the two terms")
        return terms

    @field_validator("at_least", "at_most")
    @classmethod
    def _target(cls, target: str | None) -> str | None:
        if target is not None and not DECIMAL_TEXT.fullmatch(target):
            _known(target)
        return target

    @model_validator(mode="after")
    def _sensible(self) -> SufficiencyTest:
        if (self.at_least is None) == (self.at_most is None):
            given = "neither at_least nor at_most is" if self.at_least is None else "both limits are"
            todo = "Write at_least or at_most: an assumption's name, or a number in quotes"
            raise complaint(f"{given} given", todo)
        if self.measure != "difference" and not self.denominator:
            todo = "Add denominator, or write measure: difference"
            raise complaint(f"a test by {self.measure} needs a denominator", todo)
        terms = [*self.terms("numerator"), *self.terms("denominator")]
        if self.debt_service != "annual" and "debt_service" not in {term.name for term in terms}:
            raise complaint(
                f"debt_service is {self.debt_service}, and no term is debt_service",
                "Remove the setting, or add the term",
            )
        if self.band_percent is not None and self.band_percent > 100:
            raise complaint(f"the band is {self.band_percent} percent", "Write at most 100")
        if self.band_percent is not None and self.target_value == 0:
            raise complaint("a band around 0 has no width", "Remove band_percent, or name another target")
        return self

    def terms(self, side: Literal["numerator", "denominator"]) -> list[Term]:
        """The terms of a side, in order."""
        return [term_of(text) for text in getattr(self, side)]

    @property
    def comparison(self) -> str:
        """`at_least` or `at_most`."""
        return "at_most" if self.at_least is None else "at_least"

    @property
    def target_value(self) -> Decimal | None:
        """The target where it is a number."""
        target = self.at_least or self.at_most or ""
        return Decimal(target) if DECIMAL_TEXT.fullmatch(target) else None

    @property
    def target_name(self) -> str | None:
        """The assumption that holds the target, where it is no number."""
        return None if self.target_value is not None else self.at_least or self.at_most


class AssumptionsFile(Strict):
    """`assumptions.yml`: what the forecast takes for granted, and what its rates are held against."""

    scenarios: Annotated[list[Scenario], Field(min_length=1)]
    assumptions: list[Assumption]
    tests: list[SufficiencyTest] = []
