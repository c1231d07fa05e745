"""Keeps a table of measurements between two markers of a Markdown page, and draws their times against N."""

from pathlib import Path

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib.colors import HexColor

HEAD = (
    "| What | Customers | Times the floor | Goal | Floor, s | Addon, s | µs a customer | MB above idle |\n"
    "|---|--:|--:|--:|--:|--:|--:|--:|\n"
)
COLOURS = [HexColor(colour) for colour in ("#1f77b4", "#9ecae1", "#d62728", "#f7b6a0")]


def _cells(line):
    return [cell.strip() for cell in line.strip("|\n ").split("|")]


def _rows(text):
    return {(cells[0], int(cells[1].replace(",", ""))): cells for cells in map(_cells, text.strip().splitlines()[2:])}


def record(page, section, measured):
    """Put measurements into the page: those of the same thing and size are replaced, others stay.

    :param page: path of the Markdown page; without it nothing is written
    :param str section: name in the markers `<!-- section -->` and `<!-- /section -->`
    :param measured: list of (what, customers, goal, seconds of the floor, seconds of the addon, MB)
    """
    if not page:
        return
    page = Path(page)
    begin, end = f"<!-- {section} -->\n", f"<!-- /{section} -->"
    before, rest = page.read_text().split(begin)
    old, after = rest.split(end)
    rows = _rows(old)
    for what, customers, goal, floor, ours, megabytes in measured:
        rows[what, customers] = [
            what, f"{customers:,}", f"{ours / floor:.2f}", f"≤ {goal:g}", f"{floor:.2f}", f"{ours:.2f}",
            f"{ours / customers * 1e6:.0f}", f"{megabytes:.0f}",
        ]
    table = HEAD + "".join(f"| {' | '.join(rows[key])} |\n" for key in sorted(rows))
    page.write_text(f"{before}{begin}{table}{end}{after}")
    _draw(rows, page.with_suffix(".svg"))


def _draw(rows, path):
    series = {}
    for (what, customers), cells in sorted(rows.items()):
        series.setdefault(what, []).append((customers, float(cells[5])))
        series.setdefault(f"{what}: floor", []).append((customers, float(cells[4])))
    drawing = Drawing(560, 320)
    plot = LinePlot()
    plot.x, plot.y, plot.width, plot.height = 50, 45, 330, 250
    plot.data = list(series.values())
    plot.xValueAxis.valueMin = plot.yValueAxis.valueMin = 0
    plot.xValueAxis.labelTextFormat = lambda value: f"{value:,.0f}"
    legend = Legend()
    legend.x, legend.y, legend.alignment, legend.columnMaximum = 395, 200, "right", len(series)
    legend.colorNamePairs = []
    for index, what in enumerate(series):
        colour = COLOURS[index % len(COLOURS)]
        plot.lines[index].strokeColor = colour
        plot.lines[index].strokeWidth = 2
        legend.colorNamePairs.append((colour, what))
    drawing.add(plot)
    drawing.add(legend)
    drawing.add(String(215, 12, "customers", textAnchor="middle", fontSize=10))
    drawing.add(String(50, 304, "seconds", textAnchor="middle", fontSize=10))
    renderSVG.drawToFile(drawing, str(path))
