"""What stops the simulator, as a sentence for the person who started it."""


class SynthError(Exception):
    """Pairs that cannot be made; the message says what is wrong, where, and what to do."""
