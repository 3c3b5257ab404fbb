"""Pictures of the council report: what is drawn, in points, for page and file alike.

A shape knows nothing of Typst: the template draws rectangles, lines, dots and words where this says. Black
and white must read: what differs in colour differs in pattern, line or label too.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

Point = tuple[float, float]

INK, FAINT, GRID = "#1B1F24", "#4A5460", "#C9CFD6"
FULL, HALF = 468.0, 226.0  # widths on Letter paper with margins of an inch
SMALL = 7.0  # size of words in pictures
STEPS = (1, 2, 2.5, 5, 10)  # of an axis, times a power of ten


@dataclass
class Picture:
    """A picture of the report.

    Attributes:
        name: of its files.
        title: the sentence that it shows.
        alt: what it shows, for those who do not see it.
        source: where its figures come from.
        width: in points.
        height: in points.
        shapes: what is drawn, in order; x to the right and y down, in points.
    """

    name: str
    title: str
    alt: str
    source: str
    width: float
    height: float
    shapes: list[dict] = field(default_factory=list)

    def box(self, x: float, y: float, w: float, h: float, fill: str = "", hatch: str = "", edge: str = ""):
        """A rectangle: filled, or hatched in a colour."""
        made = {"kind": "box", "x": x, "y": y, "w": max(w, 0.0), "h": max(h, 0.0)}
        self.shapes.append(made | {"fill": fill, "hatch": hatch, "edge": edge})

    def line(self, points: Sequence[Point], width: float = 0.5, paint: str = INK, dash: str = "solid"):
        """A line through points."""
        if len(points) > 1:
            self.shapes.append({
                "kind": "line", "points": [list(point) for point in points],
                "width": width, "paint": paint, "dash": dash,
            })  # fmt: skip

    def area(self, points: Sequence[Point], fill: str):
        """A filled area without an outline."""
        if len(points) > 2:
            self.shapes.append({"kind": "area", "points": [list(point) for point in points], "fill": fill})

    def dot(self, x: float, y: float, radius: float, fill: str, is_square: bool = False):
        """A dot, or a square, with an outline."""
        self.shapes.append({"kind": "dot", "x": x, "y": y, "r": radius, "fill": fill, "square": is_square})

    def words(
        self, x: float, y: float, w: float, text: str, align: str = "left", *, bold: bool = False,
        paint: str = INK, size: float = SMALL,
    ):  # fmt: skip
        """Words on one line, in a space that is `w` wide and begins at x; y is their middle."""
        self.shapes.append({
            "kind": "words", "x": x, "y": y, "w": w, "text": text, "align": align,
            "bold": bold, "paint": paint, "size": size,
        })  # fmt: skip


@dataclass(frozen=True)
class Axis:
    """A scale: values to points.

    Attributes:
        ticks: round values.
        first: point of the lowest tick.
        last: point of the highest.
    """

    ticks: tuple[Decimal, ...]
    first: float
    last: float

    def at(self, value: Decimal) -> float:
        """The point of a value."""
        low, high = self.ticks[0], self.ticks[-1]
        return self.first + float((Decimal(value) - low) / (high - low)) * (self.last - self.first)


def axis(values: Sequence[Decimal], first: float, last: float, count: int = 4) -> Axis:
    """A scale with about so many round steps that holds zero and all values."""
    low, high = min([Decimal(0), *values]), max([Decimal(0), *values])
    spread = (high - low) or Decimal(1)
    power = Decimal(10) ** ((spread / count).adjusted())
    step = next(Decimal(str(one)) * power for one in STEPS if Decimal(str(one)) * power * count >= spread)
    lowest = (low / step).to_integral_value(rounding="ROUND_FLOOR")
    highest = (high / step).to_integral_value(rounding="ROUND_CEILING")
    places = range(int(lowest), int(max(highest, lowest + 1)) + 1)
    return Axis(tuple(step * place for place in places), first, last)


def value_grid(picture: Picture, scale: Axis, left: float, right: float, label: Callable[[Decimal], str]):
    """Horizontal lines at the ticks, with their labels to the left; the zero line is stronger."""
    for tick in scale.ticks:
        y = scale.at(tick)
        picture.line([(left, y), (right, y)], 0.7 if tick == 0 else 0.3, paint=INK if tick == 0 else GRID)
        picture.words(0, y, left - 3, label(tick), "right", paint=FAINT)
