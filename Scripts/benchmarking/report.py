"""report.json, report.md and the charts."""
import json
import os
import platform
import subprocess
from datetime import datetime, timezone
from statistics import median

from . import charts
from .compare import less_is_better

FLAGS = ("sse4_2", "avx2", "avx512f", "avx512vbmi", "neon", "asimd", "popcnt")


def machine():
    lines = []
    if os.path.exists("/proc/cpuinfo"):
        with open("/proc/cpuinfo") as file:
            lines = file.read().splitlines()

    def first(name):
        return next((line.split(":", 1)[1].strip() for line in lines if line.startswith(name)), "")

    flags = (first("flags") or first("Features")).split()
    swift = subprocess.run(["swift", "--version"], capture_output=True, text=True).stdout.splitlines()
    family = f", family {first('cpu family')} model {first('model')}" if first("cpu family") else ""
    return {
        "processor": (first("model name") or platform.processor() or platform.machine()) + family,
        "cores": os.cpu_count(),
        "flags": [flag for flag in FLAGS if flag in flags],
        "memoryBytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
        "kernel": f"{platform.system()} {platform.release()}",
        "swift": swift[0] if swift else "",
    }


def document(root, options, results):
    rows = []
    for row in results.rows.values():
        ours = median(row["runs"])
        peer = median(row["peerRuns"]) if row["peerRuns"] else None
        ratio = None
        if peer and ours:
            ratio = peer / ours if less_is_better(row["unit"]) else ours / peer
        rows.append(dict(row, ours=ours, peer=peer, ratio=ratio))
    revision = subprocess.run(["git", "-C", str(root), "rev-parse", "--short", "HEAD"], capture_output=True, text=True)
    return {
        "date": datetime.now(timezone.utc).strftime("%Y-%m-%d %H:%M UTC"), "revision": revision.stdout.strip(),
        "level": options.level, "runs": options.runs, "machine": machine(), "rows": rows,
    }


def number(value):
    return "" if value is None else f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.2f}" if value else "0"


def heading(data):
    m = data["machine"]
    return (f"{m['processor']}, {m['cores']} cores, {', '.join(m['flags'])}; {m['memoryBytes'] / 2**30:.0f} GiB; {m['kernel']}; "
            f"{m['swift']}; {data['date']}, revision {data['revision']}, level {data['level']}, runs {data['runs']}")


def write(data, out):
    (out / "report.json").write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n")
    lines = ["# Benchmark report", "", heading(data), "",
             "Ratios over 1: ours is better. Written by `Scripts/benchmark`.", ""]
    if any(row["ratio"] for row in data["rows"]):
        (out / "overview.svg").write_text(charts.overview(data, heading(data)))
        lines += ["![Ours against each peer](overview.svg)", ""]
    for suite in dict.fromkeys(row["suite"] for row in data["rows"]):
        rows = [row for row in data["rows"] if row["suite"] == suite]
        (out / f"{suite}.svg").write_text(charts.suite(suite, rows, heading(data)))
        lines += [f"## {suite}", "", f"![{suite}]({suite}.svg)", "",
                  "| Measure | ours | unit | peer | | ratio | |", "|---|---|---|---|---|---|---|"]
        for row in rows:
            ratio = "" if not row["ratio"] else f"{row['ratio']:.2f} ×" if row["ratio"] >= 1 else f"**{row['ratio']:.2f} ×**"
            lines.append(f"| {row['measure']} | {number(row['ours'])} | {row['unit']} | {number(row['peer'])} | "
                         f"{row['peerName'] or ''} | {ratio} | {row['kernel']} |")
        lines.append("")
    (out / "report.md").write_text("\n".join(lines))
