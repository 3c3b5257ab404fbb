"""The map of rules: which models, tests and pages show each rule of the domain; written to docs/rules.md.

`python -m tests.structure.rules --write` makes the page from docs/rules.yml (title of each rule, and what is
missing), `@pytest.mark.rule("R27")` on tests, `config: {meta: {rules: [R27]}}` of models, and the pages whose
queries read those models.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from pathlib import Path

import yaml

from ratehouse.workspace import DBT_PROJECT, PROJECT_ROOT

PAGE = PROJECT_ROOT / "docs" / "rules.md"
TITLES = PROJECT_ROOT / "docs" / "rules.yml"
DASHBOARDS = PROJECT_ROOT / "dashboards"
NUMBERS = tuple(f"R{number:02}" for number in range(1, 95))
SIMULATOR = "tests/unit/test_simulator"
# What every page asks for its head and foot shows no rule.
COMMON = {"components", "data"}


@dataclass
class Rule:
    """What is known of one rule.

    Attributes:
        number: R01 to R94.
        title: what it says, in plain words.
        not_yet: why nothing shows it; empty where a test does.
        partly: what of it nothing shows yet, beside its tests.
        where: files outside of the models that apply it.
        models: names of models that say so.
        tests: tests of the product, `file::name`.
        simulated: tests of the simulated cities, which show that it happens there and nothing of the product.
        pages: titles of pages that read its models.
    """

    number: str
    title: str
    not_yet: str = ""
    partly: str = ""
    where: list[str] = field(default_factory=list)
    models: list[str] = field(default_factory=list)
    tests: list[str] = field(default_factory=list)
    simulated: list[str] = field(default_factory=list)
    pages: list[str] = field(default_factory=list)

    @property
    def state(self) -> str:
        """Shown, in part or not yet."""
        return "not yet" if self.not_yet else "in part" if self.partly else "shown"


# ---- Tests


def rules_of_tests() -> dict[str, list[str]]:
    """Rule to the tests that are marked with it, as `file::test`."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted((PROJECT_ROOT / "tests").rglob("test_*.py")):
        name = path.relative_to(PROJECT_ROOT).as_posix()
        for numbers, subject in _marks(ast.parse(path.read_text(encoding="utf-8")), name):
            for number in numbers:
                if subject not in found[number]:
                    found[number].append(subject)
    return found


def _marks(tree: ast.Module, name: str) -> list[tuple[list[str], str]]:
    """The marks of a file with what they stand on: a test, a class of tests, else the whole file."""
    marks, seen = [], set()
    for scope in ast.walk(tree):
        if not isinstance(scope, ast.FunctionDef | ast.ClassDef):
            continue
        for decorator in scope.decorator_list:
            for call in _rule_calls(decorator):
                seen.add(call)
                marks.append((_numbers(call, name), f"{name}::{scope.name}"))
    marks += [(_numbers(call, name), name) for call in _rule_calls(tree) if call not in seen]
    return marks


def _rule_calls(tree: ast.AST) -> list[ast.Call]:
    return [
        node
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("mark.rule")
    ]


def _numbers(call: ast.Call, name: str) -> list[str]:
    try:
        return [ast.literal_eval(argument) for argument in call.args]
    except ValueError as error:
        raise ValueError(
            f"{name}, line {call.lineno}: write rule numbers as text, so that the map finds them"
        ) from error


# ---- Models


def rules_of_models() -> dict[str, list[str]]:
    """Rule to the models whose meta names it, marts first."""
    found: dict[str, list[str]] = defaultdict(list)
    files = sorted(
        (DBT_PROJECT / "models").rglob("*.yml"), key=lambda path: ("marts" not in path.parts, path.stem)
    )
    for path in files:
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")).get("models", []):
            for number in ((entry.get("config") or {}).get("meta") or {}).get("rules", []):
                found[number].append(entry["name"])
    return found


# ---- Pages


def models_of_pages() -> dict[str, set[str]]:
    """Title of a page to the marts that the queries it asks read."""
    reads = {
        path.stem: set(re.findall(r"\bmarts\.(\w+)", path.read_text(encoding="utf-8")))
        for path in (DASHBOARDS / "queries").glob("*.sql")
    }
    return {
        title: {mart for query in _asked(view) for mart in reads[query]} for title, view in _pages().items()
    }


def _pages() -> dict[str, str]:
    """Title to the name of the view, in the order of the navigation."""
    tree = ast.parse((DASHBOARDS / "app.py").read_text(encoding="utf-8"))
    pages = {}
    for call in ast.walk(tree):
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "st.Page":
            title = next(word.value for word in call.keywords if word.arg == "title")
            pages[ast.literal_eval(title)] = f"views/{Path(ast.literal_eval(call.args[0])).stem}"
    return pages


def _asked(view: str) -> set[str]:
    """The queries that a view asks, itself and through the functions that it uses."""
    queries = {path.stem for path in (DASHBOARDS / "queries").glob("*.sql")}
    asked, done, waiting = set(), set(), [(view, "")]
    while waiting:
        place = waiting.pop()
        if place in done:
            continue
        done.add(place)
        module, name = place
        tree = _module(module)
        parts = [part for part in tree.body if not name or getattr(part, "name", "") == name]
        for part in parts:
            for node in ast.walk(part):
                if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1].startswith("ask"):
                    words = {word.value for word in node.args if isinstance(word, ast.Constant)}
                    asked |= words & queries
            waiting += _used(tree, part, module)
    return asked


def _module(name: str) -> ast.Module:
    return ast.parse((DASHBOARDS / f"{name}.py").read_text(encoding="utf-8"))


def _used(tree: ast.Module, part: ast.AST, module: str) -> list[tuple[str, str]]:
    """The functions of the dashboards that a part of a module uses, as (module, function)."""
    modules, names = {}, {node.name: (module, node.name) for node in tree.body if hasattr(node, "name")}
    for node in tree.body:
        if isinstance(node, ast.ImportFrom) and node.module == "dashboards":
            modules |= {alias.asname or alias.name: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and (node.module or "").startswith("dashboards."):
            source = node.module.removeprefix("dashboards.")
            names |= {alias.asname or alias.name: (source, alias.name) for alias in node.names}
    used = []
    for node in ast.walk(part):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in modules:
            used.append((modules[node.value.id], node.attr))
        elif isinstance(node, ast.Name) and node.id in names:
            used.append(names[node.id])
    return [place for place in used if place[0] not in COMMON]


# ---- The page


def titles() -> dict[str, dict[str, dict]]:
    """What docs/rules.yml says: part of the page to rule to its words."""
    return yaml.safe_load(TITLES.read_text(encoding="utf-8"))


def rules() -> list[Rule]:
    """Every rule of docs/rules.yml with what shows it."""
    tests, models, pages = rules_of_tests(), rules_of_models(), models_of_pages()
    found = []
    for part in titles().values():
        for number, said in part.items():
            rule = Rule(number=number, **said)
            rule.models = models[number]
            rule.tests = [test for test in tests[number] if not test.startswith(SIMULATOR)]
            rule.simulated = [test for test in tests[number] if test.startswith(SIMULATOR)]
            rule.pages = [title for title, read in pages.items() if read & set(rule.models)]
            found.append(rule)
    return found


HEAD = """# Rules

What the software does for each rule of the cities' billing policies: the models that hold it, the tests that
show it, and the pages that read those models. `python -m tests.structure.rules --write` makes it; titles
and what is missing stand in `docs/rules.yml`, the rest in marks of tests, meta of models, queries of pages.

Of {all} rules {shown} are shown, {part} in part, {missing} not yet. A test of the simulated cities says only
that a thing happens there: it is listed apart and does not count.
"""
COLUMNS = ("rule", "says", "state", "models", "tests", "pages")


def page() -> str:
    """The text of docs/rules.md."""
    known = {rule.number: rule for rule in rules()}
    states = Counter(rule.state for rule in known.values())
    text = HEAD.format(
        all=len(known), shown=states["shown"], part=states["in part"], missing=states["not yet"]
    )
    for part, numbers in titles().items():
        lines = [COLUMNS, ("---",) * len(COLUMNS), *(_cells(known[number]) for number in numbers)]
        text += f"\n## {part}\n\n" + "".join(f"| {' | '.join(line)} |\n" for line in lines)
    return text


def _cells(rule: Rule) -> tuple[str, ...]:
    missing = rule.not_yet or rule.partly and f"missing is {rule.partly}"
    models = [f"`{name}`" for name in (*rule.models, *rule.where)]
    tests = [f"`{_short(test)}`" for test in rule.tests]
    if rule.simulated:
        tests.append("simulated: " + ", ".join(f"`{_short(test)}`" for test in rule.simulated))
    cells = (
        rule.number, rule.title, f"{rule.state}: {missing}" if missing else rule.state,
        ", ".join(models), "<br>".join(tests), ", ".join(rule.pages),
    )  # fmt: skip
    return tuple(cell or "-" for cell in cells)


def _short(test: str) -> str:
    return test.removeprefix("tests/")


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        PAGE.write_text(page(), encoding="utf-8")
    else:
        sys.stdout.write(page())
