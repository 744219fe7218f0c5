"""The training loop."""

from __future__ import annotations

import itertools
import json
import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from types import FrameType
from typing import Any

import torch
from accelerate import PartialState
from accelerate.utils import reduce

from ..checkpoint import Checkpoint, open_checkpoint
from ..data import pairs_digest, read_pairs
from . import snapshot
from .errors import TrainError
from .examples import Example, ExampleReader, require_room
from .journal import Journal, duration
from .model import LoraShape, Student
from .order import plan_steps, share_out
from .rows import Row, make_row, pack
from .schedule import Schedule
from .settings import Settings

BETAS = (0.9, 0.99)
ADAPTER = "adapter"
DTYPES = {"float32": torch.float32, "bfloat16": torch.bfloat16, "float16": torch.float16}

Say = Callable[[str], None]


def train(settings: Settings, run: Path, *, resume: bool = False, say: Say = print) -> Path | None:
    """Train an adapter.

    Args:
        settings: of the run.
        run: its folder.
        resume: go on from its newest checkpoint.
        say: shows lines of progress.

    Returns:
        The folder of the finished adapter, or None where the run was interrupted and saved.

    Raises:
        CheckpointError, DataError, TrainError: with what is wrong and what to do.
    """
    try:
        return _Run(settings, run, resume, say).go()
    except OSError as error:
        raise TrainError(
            f"The run stops, since a file could not be written ({error}). It continues from its "
            f"last checkpoint: make room, then python -m model_build train --resume {run}"
        ) from error


class _Run:
    def __init__(self, settings: Settings, run: Path, resume: bool, say: Say) -> None:
        self.begun = time.monotonic()
        self.settings, self.run = settings, run
        self.machine = PartialState()
        self.is_main = self.machine.is_main_process
        run.mkdir(parents=True, exist_ok=True)
        self.journal = Journal(run, say, silent=not self.is_main)
        self.last = snapshot.newest(run, self.journal.say) if resume else None
        self.step = self.last.step if self.last else 0
        self.tokens = self.last.tokens if self.last else 0
        self.earlier = self.last.seconds if self.last else 0.0
        checkpoint = open_checkpoint(settings.model, random_weights=settings.random_weights)
        self._read(checkpoint)
        self.schedule = Schedule(
            settings.learning_rate,
            settings.warmup,
            settings.decay,
            settings.final_rate,
            len(self.plan),
            None if settings.minutes is None else settings.minutes * 60,
        )
        self.workers = self._workers()
        self.student = self._student(checkpoint)
        self.optimizer = torch.optim.AdamW(
            self.student.parameters(), betas=BETAS, weight_decay=settings.weight_decay
        )
        if self.last:
            snapshot.restore(self.last, self.student, self.optimizer)
        self.stop = False

    @property
    def seconds(self) -> float:
        """Time that the run has taken, earlier parts included."""
        return self.earlier + time.monotonic() - self.begun

    def _read(self, checkpoint: Checkpoint) -> None:
        settings = self.settings
        reader = ExampleReader(checkpoint, self.run / "prompt")
        files = []
        self.about: list[dict[str, Any]] = []
        for source in settings.data:
            path = Path(source.path)
            kept = self._fitting(reader.read(path), path, checkpoint.config.context)
            files.append((kept, source.epochs))
            digest = pairs_digest(read_pairs(path))
            self.about.append({**asdict(source), "pairs": len(kept), "sha256": digest})
        plan = plan_steps(
            files, settings.batch_tokens, seed=settings.seed, in_order=settings.in_order
        )
        if settings.steps is not None:
            plan = list(itertools.islice(itertools.cycle(plan), settings.steps))
        self.plan = plan
        self.held: list[Example] = []
        if settings.held:
            path = Path(settings.held)
            held = self._fitting(reader.read(path), path, checkpoint.config.context)
            self.held = held[: settings.held_pairs]

    def _fitting(self, examples: list[Example], path: Path, context: int) -> list[Example]:
        most = self.settings.max_tokens
        kept = [e for e in examples if most is None or e.tokens <= most]
        if left := len(examples) - len(kept):
            self.journal.say(
                f"{path}: {left} of {len(examples)} pairs have over {most} tokens "
                "and are left out (--max-tokens)"
            )
        if not kept:
            raise TrainError(f"{path}: no pair is left to train on.")
        require_room(kept, context)
        return kept

    def _workers(self) -> int:
        """Threads that take a row each. On a CPU that wastes less than sharing every product."""
        if self.machine.device.type != "cpu":
            return 1
        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
        chosen = self.settings.workers or (cores or 1) // self.machine.num_processes
        torch.set_num_threads(1)
        return max(1, chosen)

    def _student(self, checkpoint: Checkpoint) -> Student:
        settings = self.settings
        adapter = settings.init_adapter and Path(settings.init_adapter)
        if self.last:
            adapter = self.last.folder / snapshot.ADAPTER
        dtype = settings.dtype
        if dtype == "auto":
            dtype = "float32" if self.machine.device.type == "cpu" else "bfloat16"
        rounding = None
        if settings.quantization is not None:
            from .rounding import rounding_of

            rounding = rounding_of(settings.quantization)
        return Student(
            checkpoint,
            LoraShape(settings.rank, settings.alpha, settings.rslora),
            adapter=adapter or None,
            dtype=DTYPES[dtype],
            device=self.machine.device,
            seed=settings.seed,
            rounding=rounding,
        )

    def go(self) -> Path | None:
        """Train until the plan is done, the time is up, or someone stops the run."""
        self._tell_start()
        saved = held = self.seconds
        if self.step == 0 and self.held:
            self._measure()
        last = 0.0
        with self._signals():
            while not self.schedule.is_over(self.step, self.seconds, last) and not self.stop:
                begun = self.seconds
                self._step()
                last = self.seconds - begun
                if self.seconds - held >= self.settings.held_minutes * 60 and self.held:
                    self._measure()
                    held = self.seconds
                if self.seconds - saved >= self.settings.save_minutes * 60:
                    self._save()
                    saved = self.seconds
            self._save()
        if self.stop and not self.schedule.is_over(self.step, self.seconds, last):
            self.journal.say(
                f"Stopped and saved after step {self.step}. To go on: "
                f"python -m model_build train --resume {self.run}"
            )
            return None
        return self._finish()

    def _step(self) -> None:
        begun = time.monotonic()
        rate = self.schedule.rate(self.step, self.seconds)
        examples = self.plan[self.step]
        total = sum(example.losses for example in examples)
        loss, gradients = self._gradients(examples, total)
        parameters = self.student.parameters()
        for parameter, gradient in zip(parameters, gradients, strict=True):
            parameter.grad = gradient
        norm = torch.nn.utils.clip_grad_norm_(parameters, self.settings.clip)
        if not torch.isfinite(norm):
            raise TrainError(
                f"The gradient of step {self.step + 1} is not finite. Lower --learning-rate and go "
                "on from the last checkpoint."
            )
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        self.optimizer.step()
        self.optimizer.zero_grad()
        self.student.refresh()
        tokens = sum(example.tokens for example in examples)
        self.step += 1
        self.tokens += tokens
        took = time.monotonic() - begun
        done = self.schedule.progress(self.step, self.seconds)
        self.journal.step(
            step=self.step,
            steps=len(self.plan),
            examples=len(examples),
            tokens=self.tokens,
            loss=loss / total,
            rate=rate,
            norm=float(norm),
            tokens_per_second=tokens / took,
            seconds=self.seconds,
            seconds_left=self.seconds * (1 - done) / done,
        )

    def _gradients(
        self, examples: Sequence[Example], total: int
    ) -> tuple[float, list[torch.Tensor]]:
        """Summed loss of a step, and the gradients of its mean over all processes' tokens."""
        parameters = self.student.parameters()

        def work(rows: list[list[Example]]) -> tuple[float, list[torch.Tensor] | None]:
            torch.set_num_threads(1) if self.workers > 1 else None
            found, summed = 0.0, None
            for row in map(self._row, rows):
                losses = self.student.losses(row).sum()
                gradients = torch.autograd.grad(losses / total, parameters)
                found += losses.item()
                if summed is None:
                    summed = list(gradients)
                else:
                    torch._foreach_add_(summed, gradients)
            return found, summed

        loss, summed = 0.0, None
        for part, gradients in self._work(work, examples):
            loss += part
            if summed is None:
                summed = gradients
            elif gradients is not None:
                torch._foreach_add_(summed, gradients)
        summed = summed or [torch.zeros_like(p) for p in parameters]
        if self.machine.num_processes > 1:
            flat = reduce(torch.cat([g.flatten() for g in summed]), "sum")
            loss = float(reduce(torch.tensor(loss, device=flat.device), "sum"))
            parts = flat.split([p.numel() for p in parameters])
            summed = [g.view_as(p) for g, p in zip(parts, parameters, strict=True)]
        return loss, summed

    def _measure(self) -> None:
        """Mean NLL of the held pairs' note tokens."""

        @torch.no_grad()
        def work(rows: list[list[Example]]) -> float:
            torch.set_num_threads(1) if self.workers > 1 else None
            return sum(float(self.student.losses(self._row(row)).sum()) for row in rows)

        loss = sum(self._work(work, self.held))
        if self.machine.num_processes > 1:
            loss = float(reduce(torch.tensor(loss, device=self.machine.device), "sum"))
        nll = loss / sum(example.losses for example in self.held)
        self.nll = nll
        self.journal.note("held", step=self.step, nll=nll, pairs=len(self.held))
        self.journal.say(f"held-out NLL {nll:.4f} after step {self.step}")

    def _work(
        self, work: Callable[[list[list[Example]]], Any], examples: Sequence[Example]
    ) -> list:
        """Results of this process's workers, each on its share of the examples' rows."""
        workers = self.workers * self.machine.num_processes
        most = min(
            self.settings.row_tokens, -(-sum(e.tokens for e in examples) // workers) * 9 // 8
        )
        shares = share_out(pack(examples, most), workers)
        first = self.machine.process_index * self.workers
        mine = shares[first : first + self.workers]
        if self.workers == 1:
            return [work(mine[0])]
        with ThreadPoolExecutor(self.workers) as pool:
            return list(pool.map(work, mine))

    def _row(self, examples: list[Example]) -> Row:
        return make_row(examples).to(self.machine.device)

    def _save(self) -> None:
        if self.is_main and self.step and not (self.last and self.last.step == self.step):
            state = {"step": self.step, "seconds": self.seconds, "tokens": self.tokens}
            folder = snapshot.save(self.run, self.student, self.optimizer, **state)
            self.last = snapshot.Snapshot(folder, **state)
            self.journal.note("save", step=self.step, folder=str(folder))
            self.journal.plot()
        self.machine.wait_for_everyone()

    def _finish(self) -> Path:
        if self.held:
            self._measure()
        folder = self.run / ADAPTER
        if self.is_main:
            self.student.save(folder, DTYPES[self.settings.adapter_dtype])
            about = {
                "base": self.settings.model,
                "settings": asdict(replace(self.settings, data=())),
                "data": self.about,
                "steps": self.step,
                "tokens": self.tokens,
                "minutes": round(self.seconds / 60, 1),
                "held_nll": getattr(self, "nll", None),
            }
            text = json.dumps(about, indent=1) + "\n"
            (folder / "training.json").write_text(text, encoding="utf-8")
            self.journal.note("end", step=self.step, seconds=self.seconds)
            self.journal.plot()
        self.machine.wait_for_everyone()
        self.journal.say(f"{folder} trained in {duration(self.seconds)}")
        return folder

    def _tell_start(self) -> None:
        tokens = sum(e.tokens for step in self.plan for e in step)
        notes = sum(e.losses for step in self.plan for e in step)
        limit = self.settings.minutes
        self.journal.say(
            f"{len(self.plan)} steps, {tokens:,} tokens ({notes:,} of notes)"
            + (f", {limit:g} minutes at most" if limit else "")
            + (f"; going on after step {self.step}" if self.last else "")
        )
        self.journal.note(
            "start",
            step=self.step,
            steps=len(self.plan),
            tokens=tokens,
            workers=self.workers,
            processes=self.machine.num_processes,
            parameters=sum(p.numel() for p in self.student.parameters()),
        )

    @contextmanager
    def _signals(self) -> Iterator[None]:
        """Ctrl-C and SIGTERM end the run after the step that is being computed."""

        def ask(number: int, _: FrameType | None) -> None:
            if self.stop:
                raise KeyboardInterrupt
            self.stop = True
            self.journal.say("Stopping after this step; once more to stop at once.")

        names = (signal.SIGINT, signal.SIGTERM)
        try:
            before = {name: signal.signal(name, ask) for name in names}
        except ValueError:  # not in the main thread
            yield
            return
        try:
            yield
        finally:
            for name, handler in before.items():
                signal.signal(name, handler)
