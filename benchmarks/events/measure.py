"""Interleaved rounds of load over several servers, and their medians."""

import json
import statistics
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from benchmarks.events.database import ROOT
from benchmarks.events.load import Sample
from benchmarks.events.servers import Server


@dataclass(frozen=True, slots=True)
class Ask:
    """How one server is asked for one workload."""

    path: str
    headers: tuple[str, ...] = ()
    status: int = 200
    connections: int = 8


@dataclass(frozen=True, slots=True)
class Contender:
    """A server and what it is asked; a workload it cannot answer is absent."""

    name: str
    server: Server
    asks: Mapping[str, Ask]
    note: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """One turn of load on one server."""

    sample: Sample
    cpu_us: float


@dataclass(frozen=True, slots=True)
class Result:
    """Medians over the turns of one workload on one server, and the rates of each turn.

    `cpu_us` is the server's processor time per request, the steadiest number on a busy machine.
    """

    rate: float
    rates: tuple[float, ...]
    p50_ms: float
    p99_ms: float
    cpu_us: float


Results = dict[str, dict[str, Result]]


def measure(
    contenders: Sequence[Contender], names: Sequence[str], rounds: int, seconds: float
) -> tuple[Results, dict[str, str]]:
    """Results by workload and contender, and what failed.

    Every pair has its turn in a round before the next round begins, so that a busy moment of the
    machine meets all.
    """
    turns: dict[tuple[str, str], list[Turn]] = defaultdict(list)
    failed: dict[str, str] = {}
    pairs = [(name, who) for name in names for who in contenders if name in who.asks]
    for number in range(rounds + 1):
        # The first round only warms up.
        length = seconds if number else min(0.3, seconds)
        for name, who in pairs:
            if f"{name} {who.name}" in failed:
                continue
            try:
                turn = _turn(who, who.asks[name], length)
            except RuntimeError as error:
                failed[f"{name} {who.name}"] = str(error)
                continue
            if number:
                turns[name, who.name].append(turn)
        print(f"round {number} of {rounds}", flush=True)
    results: Results = defaultdict(dict)
    for (name, contender), taken in turns.items():
        results[name][contender] = _result(taken)
    return dict(results), failed


def _turn(contender: Contender, ask: Ask, seconds: float) -> Turn:
    before = contender.server.cpu_s()
    command = [sys.executable, "-m", "benchmarks.events.load", str(contender.server.port), ask.path]
    command += ["--seconds", str(seconds), "--status", str(ask.status)]
    command += ["--connections", str(ask.connections)]
    for header in ask.headers:
        command += ["--header", header]
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    if done.returncode != 0:
        raise RuntimeError(f"{contender.name}: {done.stderr.strip()[-300:]}")
    sample = Sample(**json.loads(done.stdout))
    return Turn(sample, (contender.server.cpu_s() - before) / sample.requests * 1e6)


def _result(turns: Sequence[Turn]) -> Result:
    rates = [turn.sample.rate for turn in turns]
    return Result(
        statistics.median(rates), tuple(rates),
        statistics.median(turn.sample.p50_ms for turn in turns),
        statistics.median(turn.sample.p99_ms for turn in turns),
        statistics.median(turn.cpu_us for turn in turns),
    )  # fmt: skip
