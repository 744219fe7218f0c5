"""Command line of the evaluation: `python -m eval run|score|report|rate|checks|ls`."""

import argparse
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from model_build.data import DataError

from .checks import (
    score_evidence,
    score_planted,
    score_readers,
    score_references,
    score_set,
    write_outcome,
)
from .datasets import Dataset, data_folder, known_datasets, load_dataset
from .errors import EvalError
from .generate import generate
from .measures import MEASURES, Measure, MeasureOptions, open_measures
from .measures.judge import JudgeOptions
from .rate import key_path, read_sheets, write_sheet
from .report.tables import Table
from .report.write import write_report
from .run_folder import RunFolder
from .score import score
from .systems import SYSTEMS, System, SystemOptions, expand, open_system
from .systems.predictions import FinishedNotes
from .versions import versions

RUNS = Path("build/eval")


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m eval", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)
    _add_run(commands.add_parser("run", help="have a system write notes, and score them"))
    scoring = commands.add_parser("score", help="score the notes of a run folder anew")
    scoring.add_argument("run", type=Path, metavar="RUN", nargs="+")
    _add_measures(scoring)
    reporting = commands.add_parser("report", help="write Markdown and a page over run folders")
    reporting.add_argument("run", type=Path, metavar="RUN", nargs="+")
    reporting.add_argument("--out", type=Path, required=True, metavar="DIR")
    reporting.add_argument("--names", type=_names, default=[], metavar="A,B", help="of the runs")
    reporting.add_argument("--baseline", metavar="NAME", help="compare the others with this run")
    reporting.add_argument("--study", action="store_true", help="add the published study's table")
    reporting.add_argument("--worst", type=int, default=3, metavar="N", help="cases shown in full")
    rating = commands.add_parser("rate", help="write a blind rating sheet, or read it back")
    rating.add_argument("run", type=Path, metavar="RUN", nargs="*")
    rating.add_argument("--out", type=Path, metavar="CSV", help="the sheet to write")
    rating.add_argument("--cases", type=_positive, metavar="N", help="draw N cases")
    rating.add_argument("--seed", type=int, default=0)
    rating.add_argument(
        "--read", type=Path, nargs="+", metavar="CSV", help="filled-in copies, one a reader"
    )
    rating.add_argument("--key", type=Path, help="the sheet's key, where it is not beside it")
    _add_checks(commands.add_parser("checks", help="measure the clinical checks themselves"))
    commands.add_parser("ls", help="list datasets, systems and measures")
    return top


def _add_run(command: argparse.ArgumentParser) -> None:
    command.add_argument("--dataset", required=True, metavar="D", help="a name of `ls` or a path")
    command.add_argument(
        "--system",
        required=True,
        action="append",
        metavar="S",
        help="a name of `ls`; may be repeated, and predictions:FOLDER takes every file there",
    )
    command.add_argument("--limit", type=_positive, metavar="N", help="the first N cases only")
    command.add_argument(
        "--out", type=Path, metavar="RUN", help="the run folder, or that of several runs"
    )
    command.add_argument("--retry-failed", action="store_true", help="cases without a note too")
    command.add_argument(
        "--replace", action="store_true", help="begin anew where the folder's run was another one"
    )
    command.add_argument("--no-score", action="store_true", help="write the notes only")
    system = command.add_argument_group("systems")
    defaults = SystemOptions()
    system.add_argument("--backend", choices=["node", "torch"], default=defaults.backend)
    system.add_argument("--threads", type=_positive, help="of the engine in Node")
    system.add_argument("--kernels", choices=["int16", "int8"], help="of the engine in Node")
    system.add_argument("--max-tokens", type=_positive, help="limit of new tokens (per section)")
    system.add_argument("--query", default=defaults.query, help="query of the site's address")
    system.add_argument("--model-name", help="the endpoint's name of its model")
    system.add_argument("--prompt", type=Path, help="a text file with the endpoint's instruction")
    system.add_argument("--concurrency", type=_positive, default=defaults.concurrency)
    system.add_argument("--timeout", type=float, default=defaults.timeout, help="seconds a note")
    system.add_argument("--temperature", type=float, default=defaults.temperature)
    system.add_argument("--seed", type=int, default=defaults.seed)
    _add_measures(command)


def _add_checks(command: argparse.ArgumentParser) -> None:
    command.add_argument("--set", type=Path, metavar="FILE", help="score them on labelled pairs")
    command.add_argument(
        "--planted", metavar="D", help="plant errors in a dataset's notes, and count those found"
    )
    command.add_argument("--references", metavar="D", help="list their flags in a dataset's notes")
    command.add_argument(
        "--readers", type=Path, metavar="FILE", help="set them beside two readers of finished notes"
    )
    command.add_argument(
        "--evidence", metavar="D", help="compare links with the turns of a dataset's facts"
    )
    command.add_argument("--out", type=Path, required=True, metavar="DIR", help="for the results")
    command.add_argument("--limit", type=_positive, metavar="N", help="the first N cases only")
    command.add_argument("--seed", type=int, default=0, help="decides which errors are planted")
    command.add_argument(
        "--cases", action="store_true", help="list the labelled statements that are judged wrongly"
    )


def _add_measures(command: argparse.ArgumentParser) -> None:
    group = command.add_argument_group("measures")
    group.add_argument(
        "--measures", type=_names, metavar="A,B", help=f"some of {', '.join(MEASURES)}"
    )
    group.add_argument("--bertscore-model", metavar="M", help="an encoder's folder or name")
    group.add_argument("--bertscore-layers", type=_positive, metavar="N")
    group.add_argument("--bleurt", type=Path, metavar="FOLDER", help="a BLEURT checkpoint")
    judge = command.add_argument_group("judge")
    judge.add_argument("--judge", action="append", default=[], metavar="URL", help="its server")
    judge.add_argument("--judge-model", action="append", default=[], metavar="NAME")
    judge.add_argument("--judge-passes", type=_positive, default=1, metavar="N")
    judge.add_argument("--judge-cache", type=Path, default=JudgeOptions.cache, metavar="FOLDER")
    judge.add_argument("--judge-concurrency", type=_positive, default=4, metavar="N")
    judge.add_argument("--judge-timeout", type=float, default=300, metavar="SECONDS")
    judge.add_argument(
        "--judge-prices",
        type=float,
        nargs=2,
        metavar=("IN", "OUT"),
        help="dollars per million prompt and completion tokens",
    )


def _positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError("a number from 1 on is needed")
    return value


def _names(text: str) -> list[str]:
    return [name.strip() for name in text.split(",") if name.strip()]


def _say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


def _measure_options(args: argparse.Namespace) -> MeasureOptions:
    judge = JudgeOptions(
        urls=args.judge,
        models=args.judge_model,
        passes=args.judge_passes,
        cache=args.judge_cache,
        concurrency=args.judge_concurrency,
        timeout=args.judge_timeout,
        prices=tuple(args.judge_prices) if args.judge_prices else None,
    )
    return MeasureOptions(
        args.measures, args.bertscore_model, args.bertscore_layers, args.bleurt, judge
    )


def _run(args: argparse.Namespace) -> None:
    measures = [] if args.no_score else open_measures(_measure_options(args))
    dataset = load_dataset(args.dataset, args.limit)
    for note in dataset.notes:
        _say(note)
    options = SystemOptions(**{k: getattr(args, k) for k in SystemOptions.__dataclass_fields__})
    specs = expand(args.system)
    folders = [
        _run_one(args, dataset, spec, open_system(spec, options), measures, len(specs) > 1)
        for spec in specs
    ]
    if not args.no_score:
        for folder in folders:
            _print_summary(folder)


def _run_one(
    args: argparse.Namespace,
    dataset: Dataset,
    spec: str,
    system: System,
    measures: Sequence[Measure],
    several: bool,
) -> RunFolder:
    if isinstance(system, FinishedNotes):
        system.check_overlap(dataset.pairs)
    identity = {
        "dataset": {"sha256": dataset.digest, "cases": len(dataset.pairs)},
        "system": {
            "kind": spec.partition(":")[0],
            "name": system.name,
            "settings": system.settings(),
        },
    }
    about: dict[str, Any] = {
        "dataset": {"name": dataset.name, "notes": list(dataset.notes)},
        "versions": versions(),
    }
    out = args.out or RUNS / _slug(dataset.name)
    if several or not args.out:
        out /= _slug(system.name)
    folder = RunFolder.create(out, identity, about, dataset.pairs, replace=args.replace)
    if args.retry_failed:
        folder.drop(p.id for p in folder.predictions().values() if p.failure)
    _say(f"{system.name} → {folder.path}")
    failed = generate(folder, dataset.pairs, system, _say)
    if failed:
        _say(f"{failed} of {len(dataset.pairs)} cases have no note; they count as empty notes.")
    if not args.no_score:
        score(folder, measures, _say)
    return folder


def _slug(name: str) -> str:
    """A name as a folder's; of a path, what comes after the last '..'."""
    kept = re.sub(r"[^\w.]+", "-", name.removesuffix(".csv").rpartition("../")[2])
    return kept.strip("-.")[-80:].strip("-.") or "run"


def _print_summary(folder: RunFolder) -> None:
    summary = folder.summary()
    print(
        f"{folder.path}: {summary['system']} on {summary['dataset']}, {summary['finished']} notes"
    )
    for name, value in summary["measures"].items():
        if "/" not in name:
            low, high = value["ci95"]["low"], value["ci95"]["high"]
            print(f"  {value['label']:<48} {value['mean']:8.4f}  [{low:.4f}, {high:.4f}]")
    for name, reason in summary["absent"].items():
        print(f"  {name}: left out. {reason}")


def _score(args: argparse.Namespace) -> None:
    for path in args.run:
        folder = RunFolder.open(path)
        score(folder, open_measures(_measure_options(args)), _say)
        _print_summary(folder)


def _ls(_: argparse.Namespace) -> None:
    measures = {name: about for name, (about, _) in MEASURES.items()}
    for title, entries in (
        ("Datasets", known_datasets()),
        ("Systems", SYSTEMS),
        ("Measures", measures),
    ):
        print(f"{title}:")
        width = max(map(len, entries))
        for name, about in entries.items():
            print(f"  {name:<{width}}  {about}")


def _report(args: argparse.Namespace) -> None:
    files = write_report(
        args.run,
        args.out,
        names=args.names,
        baseline=args.baseline,
        study=args.study,
        worst=args.worst,
    )
    print(f"Wrote {' and '.join(map(str, files))}.")


def _rate(args: argparse.Namespace) -> None:
    if args.read:
        found = read_sheets(args.read, args.key)
        print(f"{found.rated} of {found.notes} notes are rated.")
        for system, measures in found.systems.items():
            print(f"{system}:")
            for value in measures.values():
                low, high = value["ci95"]["low"], value["ci95"]["high"]
                print(f"  {value['label']:<48} {value['mean']:6.2f}  [{low:.2f}, {high:.2f}]")
        for title, kappa in (("readers", found.kappa), ("readers and judge", found.judge_kappa)):
            for name, value in kappa.items():
                print(f"Agreement of {title}, {name}: {'undefined' if value is None else value}")
        return
    if not args.run or not args.out:
        raise EvalError("Name runs and a sheet (rate RUN … --out CSV), or sheets (rate --read …).")
    count = write_sheet(args.run, args.out, args.cases, args.seed)
    print(f"Wrote {count} notes to {args.out}; keep {key_path(args.out)} away from the readers.")


def _checks(args: argparse.Namespace) -> None:
    outcomes = []
    if args.set:
        outcomes.append(score_set(args.set, args.cases))
    if args.planted:
        outcomes.append(score_planted(load_dataset(args.planted, args.limit), args.seed))
    if args.references:
        outcomes.append(score_references(load_dataset(args.references, args.limit)))
    if args.readers:
        outcomes.append(score_readers(args.readers, data_folder()))
    if args.evidence:
        outcomes.append(score_evidence(load_dataset(args.evidence, args.limit), args.seed))
    if not outcomes:
        raise EvalError(
            "Name what to test the checks on: --set, --planted, --references, --readers or "
            "--evidence."
        )
    for outcome in outcomes:
        files = write_outcome(outcome, args.out)
        print(f"{outcome.title}: {' and '.join(map(str, files))}")
        for table in outcome.tables:
            print(_aligned(table))


def _aligned(table: Table) -> str:
    """A table for a terminal."""
    rows = [table.head, *table.rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(table.head))]
    lines = ["  ".join(cell.ljust(w) for cell, w in zip(row, widths, strict=True)) for row in rows]
    return "\n".join(["", table.title, *(f"  {line.rstrip()}" for line in lines), *table.notes])


COMMANDS = {
    "run": _run,
    "score": _score,
    "report": _report,
    "rate": _rate,
    "checks": _checks,
    "ls": _ls,
}


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs a command; a failure is one sentence and status 1."""
    args = parser().parse_args(arguments)
    try:
        COMMANDS[args.command](args)
    except (EvalError, DataError) as error:
        print(f"eval: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("eval: interrupted; the same command goes on from here.", file=sys.stderr)
        return 130
    return 0
