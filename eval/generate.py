"""Has a system write the notes of a run, case by case, so that nothing finished is ever lost."""

import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import replace

from tqdm import tqdm

from model_build.data import Pair

from .errors import CaseFailed
from .run_folder import RunFolder
from .systems.base import Prediction, System

Say = Callable[[str], None]


@contextmanager
def progress_bar(total: int, what: str, unit: str, done: int = 0) -> Iterator[tqdm]:
    """A bar with the time left, on standard error."""
    form = "{desc}: {n_fmt}/{total_fmt} {unit} [{elapsed} gone, {remaining} left]"
    with tqdm(
        total=total, initial=done, desc=what, unit=unit, bar_format=form, mininterval=0.5
    ) as bar:
        yield bar


def generate(folder: RunFolder, pairs: Sequence[Pair], system: System, say: Say) -> int:
    """Writes the notes that the folder lacks.

    Returns:
        How many cases have no note.

    Raises:
        EvalError: where the system cannot go on; a later call takes up from there.
    """
    if folder.repair():
        say("The last note was half-written; it is written anew.")
    done = folder.predictions()
    left = [pair for pair in pairs if pair.id not in done]
    if done and left:
        say(f"Going on: {len(pairs) - len(left)} of {len(pairs)} notes are there.")
    if left:
        with system, progress_bar(len(pairs), "Notes", "notes", len(pairs) - len(left)) as bar:
            for prediction in _written(system, left):
                folder.append(prediction)
                bar.update()
        folder.sort_predictions(pairs)
    return sum(p.failure is not None for p in folder.predictions().values())


def _written(system: System, pairs: Sequence[Pair]) -> Iterator[Prediction]:
    """Notes in the order in which they are finished.

    On a failure those under way are waited for and handed out before it goes on up.
    """
    if system.concurrency == 1:  # a browser is driven from one thread only
        for pair in pairs:
            yield _write(system, pair)
        return
    queue = iter(pairs)
    running: set[Future[Prediction]] = set()
    failure: BaseException | None = None
    with ThreadPoolExecutor(system.concurrency) as pool:
        while True:
            while failure is None and len(running) < system.concurrency:
                following = next(queue, None)
                if following is None:
                    break
                running.add(pool.submit(_write, system, following))
            if not running:
                break
            try:
                finished, running = wait(running, return_when=FIRST_COMPLETED)
            except KeyboardInterrupt as stop:
                failure = stop
                continue
            for future in finished:
                error = future.exception()
                if error is None:
                    yield future.result()
                else:
                    failure = failure or error
    if failure is not None:
        raise failure


def _write(system: System, pair: Pair) -> Prediction:
    begun = time.monotonic()
    try:
        prediction = system.write(pair)
    except CaseFailed as failed:
        return Prediction(pair.id, "", failure=str(failed))
    if prediction.seconds is None and system.timed:
        return replace(prediction, seconds=time.monotonic() - begun)
    return prediction
