"""Colours, the Plotly template and the page's style sheet. No other module names a colour.

Colour carries meaning and never alone: beside it stands a label or a pattern.
"""

from __future__ import annotations

import plotly.graph_objects as go
import plotly.io as pio

FONT = '"Source Sans", "Source Sans Pro", sans-serif'
TEXT = "#1C2733"
MUTED = "#5F6B7A"
GRID = "#E6EAEE"
OUTLINE = "#5F6B7A"
PAPER = "#FFFFFF"
BAND = "#8D99A6"

PASSED = "#2E7D32"
WARNED = "#8a5a00"
FAILED = "#B3261E"
NEUTRAL = "#5F6B7A"

SERVICES = {
    "water": "#0072B2",
    "sewer": "#00806A",
    "electric": "#B26B00",
    "trash": "#7A5195",
    "account": NEUTRAL,
}

# One ramp from not yet due to the oldest.
AGES = {
    "not_yet_due_usd": "#9AA7B5",
    "d1_30_usd": "#F2C57C",
    "d31_60_usd": "#E89F4C",
    "d61_90_usd": "#D4722E",
    "d91_120_usd": "#B0451B",
    "over_120_usd": "#7A2A10",
}
# How a payment came: what needs the network in one ramp, what is handed over in greys.
CHANNELS = {
    "autopay": "#3B3F8C",
    "online": "#7377C0",
    "phone": "#B7B9E4",
    "mail": "#4A525C",
    "walk_in": "#838D98",
    "drop_box": "#B4BBC3",
    "agent": "#DFE3E7",
}
# Groups of bills in a picture of many: the usual ones in grey, those of an event in its colour.
USUAL = "#C3C9D0"
COHORTS = {"standstill": "#AA3377", "waiver": "#8C6D00"}
# Steps of a waterfall: no service and no age, so greys; their labels carry the sign.
TOTAL, INCREASE, DECREASE = "#39434F", "#8793A1", "#D5DBE1"

TEMPLATE = "ratehouse"


def register() -> None:
    """Makes the template known to Plotly; doing it again changes nothing."""
    axis = {
        "gridcolor": GRID,
        "linecolor": MUTED,
        "zerolinecolor": MUTED,
        "zerolinewidth": 1,
        "ticks": "",
        "tickfont": {"size": 12, "color": MUTED},
        "title": {"font": {"size": 12, "color": MUTED}},
        "automargin": True,
    }
    pio.templates[TEMPLATE] = go.layout.Template(
        layout={
            "font": {"family": FONT, "size": 13, "color": TEXT},
            "paper_bgcolor": PAPER,
            "plot_bgcolor": PAPER,
            "colorway": list(SERVICES.values()),
            "xaxis": axis | {"showgrid": False},
            "yaxis": axis,
            "margin": {"l": 8, "r": 8, "t": 28, "b": 8},
            "hoverlabel": {"bgcolor": PAPER, "bordercolor": GRID, "font": {"family": FONT, "size": 13}},
            "bargap": 0.25,
            "separators": ".,",
        }
    )


STYLE = f"""<style>
.stMainBlockContainer {{ padding-top: 2.2rem; padding-bottom: 2rem; max-width: 1500px; }}
[data-testid="stMetric"], .rh,
[data-testid="stDataFrame"] {{ font-variant-numeric: tabular-nums lining-nums; }}
[data-testid="stMetric"] {{ padding: 0.55rem 0.8rem; }}
[data-testid="stMetricDelta"] {{ color: {MUTED}; font-size: 0.86rem; background: none; padding: 0; }}
[data-testid="stMetricDelta"] p,
[data-testid="stMetricLabel"] p {{ white-space: normal !important;
  overflow: visible !important; }}
[data-testid="stMetricDelta"] p {{ line-height: 1.3; }}
[data-testid="stMetricDelta"] > div, [data-testid="stMetricLabel"] > div {{ overflow: visible !important; }}
.rh-context {{ color: {MUTED}; font-size: 0.95rem; margin: -0.4rem 0 0 0; }}
.rh-context b {{ color: {TEXT}; font-weight: 600; }}
.rh-mark {{ display: inline-block; border: 1.5px solid {FAILED}; color: {FAILED}; font-weight: 600;
  font-size: 0.86rem; padding: 0.1rem 0.55rem; border-radius: 3px; margin-top: 0.35rem; }}
.rh-passed {{ color: {PASSED}; font-weight: 600; }} .rh-failed {{ color: {FAILED}; font-weight: 600; }}
.rh-warned {{ color: {WARNED}; font-weight: 600; }}
.rh-says {{ font-size: 1.02rem; font-weight: 600; margin: 0.5rem 0 0 0; }}
.rh-note {{ color: {MUTED}; font-size: 0.86rem; margin: 0; }}
.rh-caution {{ border-left: 3px solid {WARNED}; padding: 0.15rem 0.6rem; margin: 0.3rem 0; font-weight: 600;
  font-size: 0.9rem; }}
.rh-scroll {{ overflow-x: auto; }}
.rh-tall {{ max-height: 430px; overflow-y: auto; border: 1px solid {GRID}; }}
.rh-tall th {{ position: sticky; top: 0; background: {PAPER}; box-shadow: inset 0 -1.5px 0 {MUTED}; }}
.rh-tall td.d {{ white-space: nowrap; }}
@media print {{ .rh-tall {{ max-height: none; overflow: visible; }} }}
table.rh {{ border-collapse: collapse; width: 100%; font-size: 0.88rem; border: 0; }}
table.rh th {{ text-align: left; font-weight: 600; color: {MUTED}; border: 0;
  border-bottom: 1.5px solid {MUTED};
  padding: 0.25rem 0.55rem; vertical-align: bottom; }}
table.rh td {{ border: 0; border-bottom: 1px solid {GRID}; padding: 0.22rem 0.55rem; vertical-align: top; }}
table.rh .n {{ text-align: right; white-space: nowrap; }}
table.rh th.n {{ white-space: normal; }}
table.rh tr.total td {{ font-weight: 600; border-top: 1.5px solid {MUTED}; border-bottom: 0; }}
table.rh tr.chosen td {{ font-weight: 600; }}
table.rh tr.part td {{ font-weight: 600; color: {MUTED}; padding-top: 0.7rem; }}
.rh-wide td:first-child, .rh-wide th:first-child {{ position: sticky; left: 0; background: {PAPER};
  min-width: 14rem; }}
.rh-wide table.rh {{ font-size: 0.8rem; }}
.rh-wide table.rh td, .rh-wide table.rh th {{ padding: 0.18rem 0.4rem; }}
.rh-headline {{ font-size: 1.15rem; font-weight: 600; margin: 0.3rem 0 0.2rem 0; }}
.rh-pass {{ color: {PASSED}; font-weight: 600; }} .rh-fail {{ color: {FAILED}; font-weight: 600; }}
.rh-unknown {{ color: {MUTED}; font-weight: 600; }}
.rh-footer {{ color: {MUTED}; font-size: 0.82rem; border-top: 1px solid {GRID}; padding-top: 0.5rem;
  margin-top: 0.6rem; }}
</style>"""

register()
