"""
Reports of the figures: a table for people, one JSON object for programs.

Owns arithmetic and wording. It must not know how anything was measured.
"""

from collections.abc import Callable, Iterable, Sequence
from statistics import median
from typing import Any

from rich.table import Table

from benchmarks.load import Measured
from benchmarks.rounds import Taken

THE_SAME = (
    "The same for both: server, worker settings, pydantic converter, sandbox with all modules passed through,"
    " garbage collected as seldom, course and pace of the life, {counts}, and the length of every payload."
)
NOT_THE_SAME = (
    "The engine alone decides by the rules (twice for each move: validator and handler), compiles the plan, shows"
    " details and summaries in the Web UI, renders every message and writes its log lines. Messages are dropped where"
    " they would leave, for both; what happened goes on record for the engine alone (`--no-record` leaves that out)."
)
HOW = (
    "Worker means client and worker, one process for each side; bytecode is cached, log lines go to the null device."
    " Events, bytes and actions are those of a life and of the child that follows it up."
    " Out of step are lives whose window ended before they were acknowledged, because the machine was busy.\n"
    "× N: N lives at work at a time; a life that waits for its window gives its place to another, and that wait"
    " does not count. Ratios are medians over {rounds} rounds in turn, from the lowest to the highest in brackets."
)

AIMS = {"ratio": 0.7, "move_p50_ratio": 1.3, "events": 180, "decide_per_second": 20_000}

Pairs = Sequence[tuple[Measured, Measured]]


class Figures:
    """The figures of one run."""

    def __init__(self, engine: Taken, bare: Taken, decide_per_second: float, *, is_quick: bool) -> None:
        self.engine = engine
        self.bare = bare
        self.decide_per_second = decide_per_second
        self.is_quick = is_quick
        self.alone = tuple(zip(engine.alone, bare.alone, strict=True))
        self.at_once = tuple(zip(engine.at_once, bare.at_once, strict=True))

    @property
    def as_json(self) -> dict[str, Any]:
        """Flat, but for `bare`; times in milliseconds, memory in megabytes."""
        ratio = _ratios(self.at_once, _per_second)
        return {
            "ratio": round(median(ratio), 3),
            "ratio_range": [round(min(ratio), 3), round(max(ratio), 3)],
            "ratio_alone": round(median(_ratios(self.alone, _per_second)), 3),
            "cpu_ratio": round(_cpu(self.engine) / _cpu(self.bare), 3),
            "move_p50_ratio": round(median(_ratios(self.alone, _p50)), 3),
            "decide_per_second": round(self.decide_per_second),
            **self._side(self.engine),
            "bare": self._side(self.bare),
            "at_once": self.at_once[0][0].at_once,
            "rounds": len(self.at_once),
            "quick": self.is_quick,
        }

    def _side(self, taken: Taken) -> dict[str, Any]:
        return {
            "per_second": round(_pooled(taken.at_once), 2),
            "per_second_alone": round(_pooled(taken.alone), 2),
            "worker_cpu_ms": round(_worker_cpu(taken), 1),
            "server_cpu_ms": round(_server_cpu(taken), 1),
            "start_p50_ms": round(_quantile(_starts(taken.alone), 0.5), 1),
            "move_p50_ms": round(_quantile(_moves(taken.alone), 0.5), 1),
            "move_p99_ms": round(_quantile(_moves(taken.alone), 0.99), 1),
            "busy_move_p50_ms": round(_quantile(_moves(taken.at_once), 0.5), 1),
            "busy_move_p99_ms": round(_quantile(_moves(taken.at_once), 0.99), 1),
            "events": taken.cost.events,
            "history_bytes": taken.cost.history_bytes,
            "billable_actions": taken.cost.billable_actions,
            "worker_rss_mb": round(_last_rss(taken) / 1e6, 1),
            "worker_rss_growth_mb": round((_last_rss(taken) - taken.first_rss) / 1e6, 1),
            "out_of_step": sum(measured.out_of_step for measured in (*taken.alone, *taken.at_once)),
        }

    def table(self) -> Table:
        figures = self.as_json
        crowd = figures["at_once"]
        table = Table(title="The engine against a bare workflow of the same shape", title_justify="left")
        for name in ("", "engine", "bare", "ratio", "aim"):
            table.add_column(name, justify="left" if not name else "right")
        ratio, move = _spread(_ratios(self.at_once, _per_second)), _spread(_ratios(self.alone, _p50))
        aims = {
            "per_second": (ratio, _aim(figures["ratio"] >= AIMS["ratio"], f"≥ {AIMS['ratio']}")),
            "per_second_alone": (_spread(_ratios(self.alone, _per_second)), ""),
            "move_p50_ms": (
                move,
                _aim(figures["move_p50_ratio"] <= AIMS["move_p50_ratio"], f"≤ {AIMS['move_p50_ratio']}"),
            ),
            "events": ("", _aim(figures["events"] <= AIMS["events"], f"≤ {AIMS['events']}")),
        }
        for key, words in _ROWS.items():
            ours, theirs = figures[key], figures["bare"][key]
            plain = f"{ours / theirs:.2f}" if theirs > 0 and key not in _NO_RATIO else ""
            shown, aim = aims.get(key, ("", ""))
            table.add_row(words.format(crowd=crowd), f"{ours:,}", f"{theirs:,}", shown or plain, aim)
        per_second = figures["decide_per_second"]
        aim = _aim(per_second >= AIMS["decide_per_second"], f"≥ {AIMS['decide_per_second']:,}")
        table.add_row("decide()/s", f"{per_second:,}", "", "", aim)
        return table

    def notes(self) -> Iterable[str]:
        ours, theirs = self.engine.cost.counts, self.bare.cost.counts
        same = {name: count for name, count in ours.items() if theirs[name] == count}
        yield THE_SAME.format(counts=", ".join(f"{count} {name}" for name, count in same.items()))
        differing = [f"{n} {name} to {theirs[name]}" for name, n in ours.items() if name not in same]
        if differing:
            yield f"Not the same in the two histories compared: {', '.join(differing)}."
        yield NOT_THE_SAME
        yield HOW.format(rounds=len(self.at_once))


_ROWS = {
    "per_second": "escalations/s × {crowd}",
    "per_second_alone": "escalations/s × 1",
    "worker_cpu_ms": "worker CPU each, ms × {crowd}",
    "server_cpu_ms": "server CPU each, ms × {crowd}",
    "start_p50_ms": "start p50, ms × 1",
    "move_p50_ms": "move p50, ms × 1",
    "move_p99_ms": "move p99, ms × 1",
    "busy_move_p50_ms": "move p50, ms × {crowd}",
    "busy_move_p99_ms": "move p99, ms × {crowd}",
    "events": "history events",
    "history_bytes": "history bytes",
    "billable_actions": "billable actions",
    "worker_rss_mb": "worker memory, MB",
    "worker_rss_growth_mb": "  growth, MB",
    "out_of_step": "lives out of step",
}
_NO_RATIO = {"worker_rss_growth_mb", "out_of_step"}


def _aim(is_met: bool, text: str) -> str:
    return f"{text} {'[green]✓[/]' if is_met else '[red]✗[/]'}"


def _ratios(pairs: Pairs, figure: Callable[[Measured], float]) -> list[float]:
    return [figure(ours) / figure(theirs) for ours, theirs in pairs]


def _spread(ratios: Sequence[float]) -> str:
    return f"{median(ratios):.2f} ({min(ratios):.2f}-{max(ratios):.2f})"


def _per_second(measured: Measured) -> float:
    return measured.per_second


def _p50(measured: Measured) -> float:
    return median(measured.moves)


def _pooled(rounds: Sequence[Measured]) -> float:
    return sum(m.lives for m in rounds) * rounds[0].at_once / sum(m.busy for m in rounds)


def _worker_cpu(taken: Taken) -> float:
    return 1000 * sum(m.cpu for m in taken.at_once) / sum(m.lives for m in taken.at_once)


def _server_cpu(taken: Taken) -> float:
    return 1000 * sum(taken.server_cpu) / sum(m.lives for m in taken.at_once)


def _cpu(taken: Taken) -> float:
    return _worker_cpu(taken) + _server_cpu(taken)


def _last_rss(taken: Taken) -> int:
    return taken.at_once[-1].rss


def _starts(rounds: Sequence[Measured]) -> list[float]:
    return [1000 * start for measured in rounds for start in measured.starts]


def _moves(rounds: Sequence[Measured]) -> list[float]:
    return [1000 * move for measured in rounds for move in measured.moves]


def _quantile(values: Sequence[float], share: float) -> float:
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
