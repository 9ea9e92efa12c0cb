"""A rule said no, and here is the sentence."""


class Refused(Exception):
    """Raised by a service when a rule forbids what was asked; nothing was changed.

    `sentence` is for the person: what is in the way, and if possible what to do about it.
    """

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
