"""The benchmark's figures as tables, and beside what was promised."""

import statistics
from collections.abc import Iterable, Sequence
from typing import Any

# At 1,100 tokens and two threads in Chromium, times wllama's tokens a second.
PROMISED_CONTEXT = 1100
PROMISED_THREADS = 2
PROMISES = {
    "Q4_1": {"prefillPerSecond": 10, "decodePerSecond": 12, "batchPerSecond": 18},
    "Q8_0": {"prefillPerSecond": 5, "decodePerSecond": 10, "batchPerSecond": 14},
}
NOTE_SECONDS = 15
NAMES = {
    "prefillPerSecond": "prefill",
    "decodePerSecond": "decode",
    "batchPerSecond": "four sequences",
}


def median_of(samples: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Medians, number by number, of measurements that have the same shape."""
    return _merge(list(samples))


def _merge(values: list[Any]) -> Any:
    first = values[0]
    if isinstance(first, dict):
        return {key: _merge([value[key] for value in values]) for key in first}
    if isinstance(first, list):
        return [_merge(list(items)) for items in zip(*values, strict=True)]
    if isinstance(first, bool) or not isinstance(first, int | float):
        return first
    return statistics.median(values)


def table(head: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    """Aligned columns: the first to the left, the others to the right."""
    cells = [list(head), *[[_cell(value) for value in row] for row in rows]]
    widths = [max(len(row[i]) for row in cells) for i in range(len(head))]
    lines = []
    for row in cells:
        first = row[0].ljust(widths[0])
        others = [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        lines.append("  ".join([first, *others]).rstrip())
    lines.insert(1, "-" * len(lines[0]))
    return "\n".join(lines)


def _cell(value: Any) -> str:
    if value is None:
        return "–"
    if isinstance(value, float):
        return f"{value:.1f}" if value < 100 else f"{value:.0f}"
    return str(value)


def megabytes(count: float | None) -> str:
    """Bytes as whole MB (10⁶)."""
    return "–" if count is None else f"{count / 1e6:.0f}"


def speed_table(engines: list[dict[str, Any]], wllama: list[dict[str, Any]]) -> str:
    """One line per engine, host, thread count and context."""
    head = ["engine", "threads", "context", "load s", "prefill/s", "decode/s", "four/s",
            "ms a step of four", "steps a token", "reserved MB", "peak MB"]  # fmt: skip
    rows = []
    for one in engines:
        name = f"{one['kind']} {one['kernels']}, {one['host']}"
        memory = [megabytes(one["reservedBytes"]), megabytes(one["peakBytes"])]
        for row in one["rows"]:
            speeds = [row[figure] for figure in (*NAMES, "batchStepMilliseconds")]
            rows.append([name, one["threads"], row["context"], one["loadSeconds"], *speeds,
                         one["steps"]["decode"], *memory])  # fmt: skip
    for one in wllama:
        for row in one["rows"]:
            rows.append([f"wllama {one['format']}, Chromium", one["threads"],
                         int(row["promptTokens"]), one["loadSeconds"], row["prefillPerSecond"],
                         row["decodePerSecond"], None, None, None, None,
                         megabytes(one["peakBytes"])])  # fmt: skip
    return table(head, rows)


def ratios(engines: list[dict[str, Any]], wllama: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Ours (int16) over wllama's, both in Chromium with the same threads and context."""
    found = []
    for ours in engines:
        if (ours["kind"], ours["host"], ours["kernels"]) != ("CPU", "Chromium", "int16"):
            continue
        for theirs in wllama:
            if theirs["threads"] != ours["threads"]:
                continue
            for row, other in zip(ours["rows"], theirs["rows"], strict=True):
                promised = {}
                if (row["context"], ours["threads"]) == (PROMISED_CONTEXT, PROMISED_THREADS):
                    promised = PROMISES[theirs["format"]]
                for figure, name in NAMES.items():
                    rival = "prefillPerSecond" if name == "prefill" else "decodePerSecond"
                    ratio = row[figure] / other[rival]
                    found.append(
                        {
                            "format": theirs["format"],
                            "threads": ours["threads"],
                            "context": row["context"],
                            "what": name,
                            "ratio": ratio,
                            "promised": promised.get(figure),
                        }
                    )
    return found


def ratio_table(found: list[dict[str, Any]]) -> str:
    """The ratios, each beside its promise where there is one."""
    rows = []
    for one in found:
        promise = one["promised"]
        kept = None if promise is None else ("kept" if one["ratio"] >= promise else "MISSED")
        wanted = None if promise is None else f"≥ {promise}×"
        rows.append([f"{one['what']} over wllama {one['format']}", one["threads"],
                     one["context"], f"{one['ratio']:.1f}×", wanted, kept])  # fmt: skip
    return table(["ratio", "threads", "context", "found", "promised", ""], rows)


def kernel_table(found: dict[str, dict[str, Any]]) -> str:
    """Linear kernels on one thread, and the share of the machine's peak that they reach."""
    head = ["linear kernels, 1 thread", "rows", "GOP/s", "of peak", "GB/s", "of peak"]
    rows: list[list[Any]] = []
    for host, figures in found.items():
        peak = figures["peak"]
        for one in figures["linear"]:
            shares = [
                f"{one[key] / peak[key]:.0%}" if peak else None
                for key in ("gigaOperations", "gigabytes")
            ]
            rows.append([f"{one['function']}, {host}", one["rows"], one["gigaOperations"],
                         shares[0], one["gigabytes"], shares[1]])  # fmt: skip
        if peak:
            rows.append([f"peak, {host}", None, peak["gigaOperations"], None,
                         peak["gigabytes"], None])  # fmt: skip
    return table(head, rows)
