"""The building blocks of policy files: strict values, effective-dated values, and problems in plain words."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Generic, Literal, TypeVar

import yaml
from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    RootModel,
    ValidationError,
    model_validator,
)
from pydantic_core import PydanticCustomError

CustomerClass = Literal["residential", "commercial", "industrial", "irrigation", "municipal"]
Service = Literal["water", "sewer", "electric", "trash"]
Channel = Literal["walk_in", "mail", "drop_box", "phone", "online", "autopay", "agent", "assistance"]
Tender = Literal["cash", "check", "money_order", "card", "bank_draft", "assistance"]
Kind = Literal["fee", "penalty", "charge", "refund"]

T = TypeVar("T")
DECIMAL_TEXT = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,6})?")
CODE = r"^[a-z][a-z0-9_]*$"


@dataclass(frozen=True, order=True)
class PolicyProblem:
    """One thing that is wrong in a policy file.

    Attributes:
        file: path relative to the utility's folder.
        field: dotted path of the setting; empty where the whole file is meant.
        what: what is wrong.
        todo: what to do about it.
    """

    file: str
    field: str
    what: str
    todo: str

    def __str__(self) -> str:
        place = f"{self.file}: {self.field}" if self.field else self.file
        return f"{place}: {self.what}. {self.todo}."


def complaint(what: str, todo: str) -> PydanticCustomError:
    """An error that carries both what is wrong and what to do; `problems_of` unpacks it."""
    return PydanticCustomError("policy", "{what}", {"what": what, "todo": todo})


def _quoted_decimal(value: Any) -> Any:
    # YAML reads an unquoted 0.1 as a binary float, which is no longer the number that was adopted.
    if isinstance(value, (bool, int, float)):
        raise complaint(f"the number {value} is not in quotes", f'Write it as text: "{value}"')
    if not isinstance(value, str):
        return value
    if not DECIMAL_TEXT.fullmatch(value):
        raise complaint(
            f"{value!r} is not a decimal number",
            'Write digits, a point and at most six decimals in quotes, like "2.70"',
        )
    return Decimal(value)


def _quoted_money(value: Any) -> Any:
    value = _quoted_decimal(value)
    if isinstance(value, Decimal) and value.as_tuple().exponent < -2:
        raise complaint(f"{value} has more than two decimals", "Write dollars and cents")
    return value


def _one_or_many(value: Any) -> Any:
    return [value] if isinstance(value, dict) else value


Number = Annotated[Decimal, BeforeValidator(_quoted_decimal)]
Rate = Annotated[Decimal, BeforeValidator(_quoted_decimal), Field(ge=0)]
Positive = Annotated[Decimal, BeforeValidator(_quoted_decimal), Field(gt=0)]
Percent = Annotated[Decimal, BeforeValidator(_quoted_decimal), Field(ge=0, le=100)]
Money = Annotated[Decimal, BeforeValidator(_quoted_money), Field(ge=0)]
Whole = Annotated[int, Field(ge=0)]
AtLeastOne = Annotated[int, Field(ge=1)]
Month = Annotated[int, Field(ge=1, le=12)]
Text = Annotated[str, Field(min_length=1)]
Code = Annotated[str, Field(pattern=CODE)]


class Strict(BaseModel):
    """Nothing is converted silently and no unknown setting is accepted."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)


class Sourced(Strict):
    """Says where a value comes from, or that nobody said so."""

    source: Text | None = None
    assumed: bool = False
    note: Text | None = None

    @property
    def speaks(self) -> bool:
        """Whether origin is given at all."""
        return self.assumed or self.source is not None


class Fact(Sourced, Generic[T]):
    """A value that does not change over time."""

    value: T


class Version(Sourced, Generic[T]):
    """A value and the days on which it holds."""

    value: T
    effective_from: date | None = None
    effective_to: date | None = None


class Dated(RootModel[list[Version[T]]], Generic[T]):
    """The versions of a value in order; a single version may be written without the list."""

    model_config = ConfigDict(strict=True, frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _list(cls, value: Any) -> Any:
        if isinstance(value, dict):
            return [value]
        if not isinstance(value, list) or not value:
            raise complaint(
                f"{value!r} has no source and no dates",
                "Write `value:` with `source:` (or `assumed: true`), or a list of such versions",
            )
        return value


@dataclass(frozen=True)
class RuleValue:
    """One version of one rule, as it goes into `policy_rules`."""

    rule: str
    value: Any
    effective_from: date
    effective_to: date | None
    own_effective_to: date | None
    version: Version


def as_text(value: Any) -> str:
    """A value the way SQL reads it: `true`, `10`, `2.70`, `cash,check`."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (list, tuple)):
        return ",".join(as_text(item) for item in value)
    if isinstance(value, Decimal):
        return format(value, "f")
    return value.isoformat() if isinstance(value, date) else str(value)


def dated_values(node: Any, path: str = "") -> Iterator[tuple[str, Dated]]:
    """Every effective-dated value below a model, with its dotted path."""
    if isinstance(node, Dated):
        yield path, node
    elif isinstance(node, BaseModel):
        for name in type(node).model_fields:
            yield from dated_values(getattr(node, name), f"{path}.{name}" if path else name)
    elif isinstance(node, dict):
        for name, item in node.items():
            yield from dated_values(item, f"{path}.{name}" if path else str(name))


class _Loader(yaml.SafeLoader):
    """SafeLoader that refuses a key written twice; YAML would silently keep the last."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict:
        """A mapping whose keys are all different."""
        seen = set()
        for key_node, _ in node.value:
            if key_node.tag == "tag:yaml.org,2002:merge":
                continue
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, (str, int, bool, float, date, type(None))) or key in seen:
                raise yaml.MarkedYAMLError(
                    problem=f"the key {key!r} is written twice or is no plain word",
                    problem_mark=key_node.start_mark,
                )
            seen.add(key)
        return super().construct_mapping(node, deep)


# YAML 1.1 reads on, off, yes and no as switches, which turns the key `on` into true.
_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:bool"]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))


def read_yaml(folder: Path, file: str) -> tuple[Any, list[PolicyProblem]]:
    """The content of a policy file, or the problem that keeps it from being read."""
    path = folder / file
    if not path.is_file():
        return None, [PolicyProblem(file, "", "the file is missing", "Create it; docs/policy.md shows how")]
    try:
        # A subclass of SafeLoader: it builds plain values only.
        content = yaml.load(path.read_text(encoding="utf-8-sig"), Loader=_Loader)
    except UnicodeDecodeError:
        return None, [
            PolicyProblem(file, "", "the file is not UTF-8 text", "Save it with the encoding UTF-8")
        ]
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 0
        return None, [
            PolicyProblem(
                file, f"line {line}", f"the file is not valid YAML: {error.problem}", "Correct the line"
            )
        ]
    except (yaml.YAMLError, ValueError) as error:
        return None, [PolicyProblem(file, "", f"the file is not valid YAML: {error}", "Correct the value")]
    if not isinstance(content, dict):
        return None, [PolicyProblem(file, "", "the file holds no settings", "Write `name: value` lines")]
    return content, []


NAMING_KEYS = (
    "event_id",
    "test_id",
    "peer",
    "measure",
    "service",
    "billing_group",
    "fund",
    "component",
    "scenario",
    "season",
    "name",
    "on",
)

_WORDS = {
    "int_type": "a whole number without quotes",
    "bool_type": "true or false",
    "string_type": "text; put it in quotes",
    "date_type": "a date like 2020-12-01 without quotes",
    "list_type": "a list",
    "dict_type": "a group of settings",
    "model_type": "a group of settings",
}


def label(item: Any, index: int) -> str:
    """How an item of a list is named in a dotted path: by its own key where it has one, else by its place."""
    if isinstance(item, dict):
        for key in NAMING_KEYS:
            if isinstance(item.get(key), (str, date)):
                return str(item[key])
    return str(index + 1)


def _field(location: tuple, content: Any) -> str:
    """The dotted path of a pydantic location, in the words of the file."""
    parts: list[str] = []
    node = content
    for position, step in enumerate(location):
        last = position == len(location) - 1
        if step == "[key]":
            continue
        if isinstance(step, int) and isinstance(node, list):
            node = node[step] if step < len(node) else None
            parts.append(label(node, step))
        elif isinstance(step, int) and isinstance(node, dict):
            continue  # a single version, written without the list
        elif isinstance(node, dict) and step in node:
            node = node[step]
            parts.append(str(step))
        elif last:
            parts.append(str(step))
        # What remains is the tag of a union, which the file does not spell.
    return ".".join(parts)


def _explain(error: dict[str, Any]) -> tuple[str, str]:
    """What is wrong and what to do, of one pydantic error."""
    kind, context, given = error["type"], error.get("ctx", {}), error["input"]
    if kind == "policy":
        return context["what"], context["todo"]
    if kind == "missing":
        return "the setting is missing", "Add it"
    if kind == "extra_forbidden":
        return (
            "this setting is not known here",
            "Correct its spelling or remove it; docs/policy.md lists what there is",
        )
    if kind == "literal_error":
        return f"{given!r} is not one of the possible values", f"Write {context['expected']}"
    if kind in ("union_tag_invalid", "union_tag_not_found"):
        return (
            "the kind is missing or not known",
            f"Write kind: {context.get('expected_tags', 'as in docs/policy.md')}",
        )
    if kind == "string_pattern_mismatch":
        return f"{given!r} has a wrong form", f"It must match {context['pattern']}"
    if kind in _WORDS:
        return f"{given!r} is not {_WORDS[kind]}", f"Write {_WORDS[kind]}"
    return f"{given!r}: {error['msg'][0].lower()}{error['msg'][1:]}", "Correct the value"


def problems_of(error: ValidationError, file: str, content: Any) -> list[PolicyProblem]:
    """Every error of a validation, each with file and field."""
    return [
        PolicyProblem(file, _field(item["loc"], content), *_explain(item))
        for item in error.errors(include_url=False)
    ]
