"""A terminal at which a command asks."""


class Terminal:
    """A keyboard at which ANSWERS are typed, one after another; keeps what was asked."""

    def __init__(self, *answers: str) -> None:
        self.answers = list(answers)
        self.asked: list[str] = []

    def isatty(self) -> bool:
        return True

    def answer(self, prompt: str = "") -> str:
        self.asked.append(prompt)
        return self.answers.pop(0)
