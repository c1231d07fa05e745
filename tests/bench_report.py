"""Keeps tables of measurements between two markers of a Markdown page, and draws times against N."""

from pathlib import Path

from reportlab.graphics import renderSVG
from reportlab.graphics.charts.legends import Legend
from reportlab.graphics.charts.lineplots import LinePlot
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib.colors import HexColor

COLOURS = [HexColor(colour) for colour in ("#1f77b4", "#9ecae1", "#d62728", "#f7b6a0")]


def _cells(line):
    return [cell.strip() for cell in line.strip("|\n ").split("|")]


def _key(cells):
    return cells[0], int(cells[1].replace(",", ""))


def record(page, section, columns, rows):
    """Put measurements into the page, replacing those of the same name and size.

    :param page: path of the Markdown page; if empty, nothing is written
    :param str section: name in the markers `<!-- section -->` and `<!-- /section -->`
    :param columns: heads of the table; the first is the name of the measurement, the second the number of customers
    :param rows: list of tuples of text, one per measurement, in the order of the table
    :return: all rows of the table, by name and number of customers
    """
    rows = {_key(row): list(row) for row in rows}
    if not page:
        return rows
    page = Path(page)
    begin, end = f"<!-- {section} -->\n", f"<!-- /{section} -->"
    before, rest = page.read_text().split(begin)
    old, after = rest.split(end)
    known = {_key(cells): cells for cells in map(_cells, old.strip().splitlines()[2:])}
    order = list(dict.fromkeys(what for what, _customers in [*rows, *known]))
    rows = {key: cells for key, cells in (known | rows).items() if len(cells) == len(columns)}
    rows = {key: rows[key] for key in sorted(rows, key=lambda key: (order.index(key[0]), key[1]))}
    table = [columns, ["---", *["--:"] * (len(columns) - 1)], *rows.values()]
    text = "".join(f"| {' | '.join(cells)} |\n" for cells in table)
    page.write_text(f"{before}{begin}{text}{end}{after}")
    return rows


def draw(path, series):
    """Draw seconds against the number of customers.

    :param path: of the SVG to write
    :param dict series: name → list of (customers, seconds)
    """
    drawing = Drawing(560, 320)
    plot = LinePlot()
    plot.x, plot.y, plot.width, plot.height = 50, 45, 330, 250
    plot.data = [sorted(points) for points in series.values()]
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
