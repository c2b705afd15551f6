"""The suites, how they are built and run."""
import json
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

# For each suite: its product, whether it has peers, and its arguments by level.
SUITES = {
    "lpm": ("lpm-bench", True, {
        "quick": ["--count", "65536", "--rounds", "3", "--update-limit", "100000", "--skip-worst"],
        "normal": ["--rounds", "5"],
        "full": ["--rounds", "7"]}),
    "trie": ("trie-bench", True, {
        "quick": ["--limit", "40000", "--rounds", "3"], "normal": ["--rounds", "3"], "full": ["--rounds", "5"]}),
    "connection": ("connection-bench", True, {
        "quick": ["--flows", "100000", "--rounds", "3"],
        "normal": ["--flows", "1000000", "--rounds", "3"],
        "full": ["--flows", "4000000", "--rounds", "5"]}),
    "packet": ("packet-bench", False, {
        "quick": ["--connections", "100000", "--packets", "100000", "--rounds", "3"],
        "normal": ["--rounds", "5"],
        "full": ["--rounds", "9"]}),
    "address": (None, False, {}),
    "gateway": (None, False, {}),
}
NAMES = tuple(SUITES)
ADDRESS_PEERS = {"ipv6 parse × 1024": "peer: inet_pton ipv6", "ipv4 parse × 1024": "peer: inet_pton ipv4",
                 "ipv6 format × 1024": "peer: inet_ntop ipv6", "ipv4 format × 1024": "peer: inet_ntop ipv4"}


class Failure(Exception):
    pass


@dataclass
class Tree:
    root: Path
    name: str
    traits: list = field(default_factory=list)


@dataclass
class Results:
    """The rows of all runs, by what they are."""
    rows: dict = field(default_factory=dict)

    def add(self, suite, row):
        key = (suite, row["measure"], row["kernel"], row["peerName"])
        known = self.rows.setdefault(key, dict(row, suite=suite, runs=[], peerRuns=[]))
        known["runs"].append(row["ours"])
        if row["peer"] is not None:
            known["peerRuns"].append(row["peer"])


def note(text):
    print(text, file=sys.stderr, flush=True)


def checkout(root, revision):
    """A work tree of another revision, beside the builds."""
    folder = root / ".build-benchmark" / "old"
    known = subprocess.run(["git", "-C", str(root), "rev-parse", "--verify", f"{revision}^{{commit}}"], capture_output=True, text=True)
    if known.returncode:
        raise Failure(f"--compare {revision}: neither a file nor a revision of this repository")
    commit = known.stdout.strip()
    if folder.exists():
        subprocess.run(["git", "-C", str(folder), "checkout", "--quiet", "--detach", commit], check=True)
    else:
        subprocess.run(["git", "-C", str(root), "worktree", "prune"], check=True)
        subprocess.run(["git", "-C", str(root), "worktree", "add", "--quiet", "--detach", str(folder), commit], check=True)
    return Tree(folder, "old")


def build(tree, options):
    """Builds what the suites need. Progress goes to standard error."""
    package = tree.root / "Benchmarks"
    has_jemalloc = shutil.which("pkg-config") and subprocess.run(["pkg-config", "--exists", "jemalloc"]).returncode == 0
    if has_jemalloc and "Jemalloc" in (package / "Package.swift").read_text():
        tree.traits = ["--traits", "Jemalloc"]
    else:
        note("libjemalloc is missing (Debian: libjemalloc-dev) or unknown to this revision: no rows of bytes allocated")
    for name in options.names:
        product = SUITES[name][0]
        if not product:
            continue
        started = time.time()
        done = subprocess.run(
            ["swift", "build", "-c", "release", *tree.traits, "--product", product], cwd=package, capture_output=True, text=True)
        if done.returncode:
            note(done.stdout[-4000:] + done.stderr[-2000:])
            raise Failure(f"{product} does not build in {package}")
        note(f"built {product} ({tree.name}): {time.time() - started:.0f} s")


def run(tree, name, options, number, results):
    """Runs one suite once. Returns whether its answers were right."""
    started = time.time()
    note(f"{name} ({tree.name}), run {number + 1} of {options.runs} …")
    product, has_peers, levels = SUITES[name]
    if product:
        rows, ok = program(tree, product, levels[options.level], has_peers and options.peers)
    elif name == "address":
        rows, ok = addresses(tree, options)
    else:
        rows, ok = gateway(tree, options)
    for row in rows:
        results.add(name, row)
    note(f"{name}: {len(rows)} rows, {time.time() - started:.0f} s")
    return ok


def program(tree, product, arguments, peers):
    binary = tree.root / "Benchmarks" / ".build" / "release" / product
    command = [str(binary), *arguments, "--json"]
    done = subprocess.run(command + (["--peers"] if peers else []), stdout=subprocess.PIPE, text=True)
    if done.returncode == 3:
        note(f"{product}: no peers here (Debian: libdpdk-dev); only ours")
        done = subprocess.run(command, stdout=subprocess.PIPE, text=True)
    if done.returncode:
        note(f"{product} {' '.join(arguments)}: exit code {done.returncode}")
        return [], False
    return json.loads(done.stdout), True


def addresses(tree, options):
    """The address benchmarks, by their plugin; an iteration is 1,024 addresses."""
    done = subprocess.run(
        ["swift", "package", "benchmark", "--target", "AddressBenchmarks", "--no-progress", "--format", "jsonSmallerIsBetter",
         "--path", "stdout"], cwd=tree.root / "Benchmarks", capture_output=True, text=True)
    start = done.stdout.find("[\n")
    if done.returncode or start < 0:
        note(done.stderr[-1000:])
        return [], False
    times = {}
    for entry in json.JSONDecoder().raw_decode(done.stdout[start:])[0]:
        # The value is the slowest sample's where there is a line of percentiles.
        percentile = re.search(r"80th percentile: ([0-9.]+)", entry.get("extra", ""))
        scale = {"ns": 1, "μs": 1e3, "ms": 1e6}[entry["unit"]]
        times[entry["name"].split(" - ")[0]] = float(percentile[1] if percentile else entry["value"]) * scale / 1024
    rows = []
    for name, time_each in times.items():
        if name.startswith("peer: "):
            continue
        peer = next((other for other in times if other.startswith(ADDRESS_PEERS.get(name, "-"))), None)
        rows.append({"measure": name.replace(" × 1024", ""), "ours": time_each, "peer": times.get(peer),
                     "peerName": peer and peer[6:].replace(" × 1024", ""), "ratio": times[peer] / time_each if peer else None,
                     "unit": "ns", "kernel": "", "bytes": 0})
    return rows, bool(rows)


def gateway(tree, options):
    """Through network namespaces, against TAYGA and nf_tables. As root, and not in a quick run."""
    if options.level == "quick" or os.geteuid() != 0 or not shutil.which("iperf3"):
        note("gateway: skipped (needs root, iperf3, and not --quick)")
        return [], True
    built = subprocess.run(["swift", "build", "-c", "release", "--product", "dataplane"], cwd=tree.root, capture_output=True)
    if built.returncode:
        raise Failure(f"dataplane does not build in {tree.root}")
    seconds, rounds = ("5", "3") if options.level == "full" else ("2", "1")
    done = subprocess.run(
        [str(tree.root / "Scripts" / "gateway-bench"), "--seconds", seconds, "--rounds", rounds], stdout=subprocess.PIPE, text=True)
    if done.returncode or "[" not in done.stdout:
        return [], done.returncode == 0
    return json.loads(done.stdout[done.stdout.index("["):]), True
