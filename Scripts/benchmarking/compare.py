"""What got slower, or larger, beyond noise."""
from statistics import median


def less_is_better(unit):
    """Whether smaller values are better: of times and sizes, "ns a prefix" included."""
    return unit.split()[0] in ("ns", "µs", "ms", "s", "bytes", "MB")


def key(row):
    return (row["suite"], row["measure"], row["kernel"], row["peerName"])


def spread(runs):
    """How far a row's own runs lie apart; 15 % where there was one run."""
    return (max(runs) - min(runs)) / median(runs) if len(runs) > 1 and median(runs) else 0.15


def change(old, new):
    """How much worse a row is by now (over 0), and what counts as noise."""
    before, after = median(old["runs"]), median(new["runs"])
    if not before or not after:
        return (0.0 if before == after else float("inf") if after > before else -1.0), 0.0
    worse = after / before - 1 if less_is_better(new["unit"]) else before / after - 1
    return worse, max(0.05, spread(old["runs"]), spread(new["runs"]))


def tell(old, new):
    """Prints what differs beyond noise, the worst first. Returns whether something is worse."""
    known = {key(row): row for row in old["rows"]}
    rows = [(change(known[key(row)], row), known[key(row)], row) for row in new["rows"] if key(row) in known]
    if old["machine"]["processor"] != new["machine"]["processor"]:
        print(f"note: the old report is from another machine ({old['machine']['processor']}): times do not compare")
    if old["level"] != new["level"]:
        print(f"note: the old report is of level {old['level']}, this one of level {new['level']}: rows do not compare")
    differ = sorted((entry for entry in rows if abs(entry[0][0]) > entry[0][1]), key=lambda entry: -entry[0][0])
    for (worse, noise), before, after in differ:
        word = "worse" if worse > 0 else "better"
        print(f"{after['suite']:11} {after['measure']:60} {median(before['runs']):12.2f} → {median(after['runs']):12.2f} "
              f"{after['unit']:12} {abs(worse):6.1%} {word}, noise {noise:.1%}")
    missing = set(known) - {key(row) for row in new["rows"]}
    print(f"{len(rows)} rows compared, {sum(e[0][0] > 0 for e in differ)} worse, {sum(e[0][0] < 0 for e in differ)} better, "
          f"{len(missing)} of the old ones not measured")
    return any(entry[0][0] > 0 for entry in differ)
