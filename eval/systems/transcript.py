"""`copy`: the transcript itself as the note, the floor that every measure should show."""

from model_build.data import Pair

from .base import Prediction, System


class TranscriptCopy(System):
    """Returns what it was given."""

    name = "copy"
    timed = False

    def write(self, pair: Pair) -> Prediction:
        """The transcript as the note."""
        return Prediction(pair.id, pair.transcript)
