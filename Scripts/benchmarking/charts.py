"""SVG charts: ours against each peer, on a log scale where values lie far apart."""
import math
from html import escape

from .compare import less_is_better

OURS, PEER, BETTER, WORSE = "#2563a8", "#d9822b", "#2e7d4f", "#b3372f"
WIDTH, LABEL, BAR, ROW = 1080, 430, 12, 18
STYLE = ("<style>text{font:12px system-ui,sans-serif;fill:#222}.t{font-weight:600;font-size:15px}.s{font-size:10.5px;fill:#666}"
         ".g{stroke:#ddd}</style>")


def page(height, body):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" '
            f'role="img">{STYLE}<rect width="100%" height="100%" fill="#fff"/>{"".join(body)}</svg>\n')


def text(x, y, value, kind="", anchor="start", fill=""):
    color = f' style="fill:{fill}"' if fill else ""
    return f'<text x="{x:.0f}" y="{y:.0f}" class="{kind}" text-anchor="{anchor}"{color}>{escape(value)}</text>'


def footer(y, heading):
    half = heading.split("; ")
    return [text(12, y, "; ".join(half[:3]), "s"), text(12, y + 14, "; ".join(half[3:]), "s")]


def short(value):
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


class Scale:
    """From values to places: logarithmic where the largest is more than thirty times the smallest."""

    def __init__(self, values, start, end):
        positive = [value for value in values if value > 0] or [1]
        self.start, self.end = start, end
        self.is_log = max(positive) > 30 * min(positive)
        self.low = 10 ** math.floor(math.log10(min(positive))) if self.is_log else 0
        self.high = max(positive)

    def place(self, value):
        if self.is_log:
            share = (math.log10(max(value, self.low) / self.low)) / math.log10(self.high / self.low)
        else:
            share = value / self.high
        return self.start + share * (self.end - self.start)

    def ticks(self):
        if self.is_log:
            return [10 ** power for power in range(round(math.log10(self.low)), math.floor(math.log10(self.high)) + 1)]
        step = 10 ** math.floor(math.log10(self.high))
        step = step if self.high / step >= 3 else step / 4
        return [step * index for index in range(int(self.high / step) + 1)]


def suite(name, rows, heading):
    """One panel for each unit; a row has our bar and, below it, the peer's."""
    body, y = [text(12, 24, f"{name}: ours and peers", "t")], 44
    body += [f'<rect x="{LABEL}" y="14" width="12" height="12" fill="{OURS}"/>', text(LABEL + 18, 24, "ours"),
             f'<rect x="{LABEL + 70}" y="14" width="12" height="12" fill="{PEER}"/>', text(LABEL + 88, 24, "peer")]
    for unit in dict.fromkeys(row["unit"] for row in rows):
        panel = [row for row in rows if row["unit"] == unit]
        scale = Scale([v for row in panel for v in (row["ours"], row["peer"]) if v], LABEL, WIDTH - 190)
        less = less_is_better(unit)
        body.append(text(12, y + 6, f"{unit}{', log scale' if scale.is_log else ''}: {'shorter' if less else 'longer'} is better", "s"))
        y += 16
        top = y
        bars = []
        for row in panel:
            bars.append(text(LABEL - 8, y + BAR - 1, row["measure"][:66], "", "end"))
            bars.append(bar(scale, y, row["ours"], OURS, short(row["ours"])))
            y += ROW
            if row["peer"]:
                ratio = f"{short(row['peer'])}  {row['peerName']}, {row['ratio']:.2f} ×"
                bars.append(bar(scale, y - 4, row["peer"], PEER, ratio, BETTER if row["ratio"] >= 1 else WORSE))
                y += ROW - 2
        for tick in scale.ticks():
            x = scale.place(tick)
            body.append(f'<line class="g" x1="{x:.0f}" x2="{x:.0f}" y1="{top}" y2="{y}"/>')
            body.append(text(x, y + 11, short(tick), "s", "middle"))
        body += bars
        y += 34
    return page(y + 26, body + footer(y, heading))


def bar(scale, y, value, color, label, fill=""):
    end = max(scale.place(value), LABEL + 1) if value else LABEL + 1
    return (f'<rect x="{LABEL}" y="{y}" width="{end - LABEL:.1f}" height="{BAR}" fill="{color}"/>'
            + text(end + 5, y + BAR - 2, label, "s", "start", fill))


def overview(data, heading):
    """How many times better we are than each peer, on a log scale: left of 1 the peer is better."""
    rows = [row for row in data["rows"] if row["ratio"]]
    low = min(0.5, *(row["ratio"] for row in rows))
    high = max(2.0, *(row["ratio"] for row in rows))

    def place(ratio):
        return LABEL + math.log(ratio / low) / math.log(high / low) * (WIDTH - LABEL - 190)

    y = 50
    grid, bars = [], []
    for row in rows:
        end, middle = place(row["ratio"]), place(1)
        color = BETTER if row["ratio"] >= 1 else WORSE
        bars.append(text(LABEL - 8, y + BAR - 1, f"{row['suite']}: {row['measure']}"[:70], "", "end"))
        bars.append(f'<rect x="{min(middle, end):.1f}" y="{y}" width="{max(abs(end - middle), 1):.1f}" height="{BAR}" fill="{color}"/>')
        bars.append(text(max(middle, end) + 5, y + BAR - 2, f"{row['ratio']:.2f} ×  {row['peerName']}", "s", "start", color))
        y += ROW
    for tick in (0.1, 0.25, 0.5, 1, 2, 4, 10, 20, 50, 100, 200, 500):
        if low <= tick <= high:
            x = place(tick)
            grid.append(f'<line class="g" x1="{x:.0f}" x2="{x:.0f}" y1="50" y2="{y}"/>')
            grid.append(text(x, y + 11, f"{tick:g} ×", "s", "middle"))
    title = text(12, 24, "Ours against each peer: times faster, or smaller (log scale; red: the peer is better)", "t")
    return page(y + 52, [title] + grid + bars + footer(y + 30, heading))
