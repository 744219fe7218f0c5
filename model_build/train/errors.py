"""What stops a training run, as a sentence for the person who started it."""


class TrainError(Exception):
    """A run that cannot start or go on; the message says what is wrong, where, and what to do."""
