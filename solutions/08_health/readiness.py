"""Readiness: may customers be sent to this copy? Whoever asks gets the same answer, and asking changes nothing."""

IN_A_ROW = 3


class Readiness:
    """What the database's last answers make of this copy. ``ready`` is what the platform gets to hear."""

    def __init__(self):
        self.ready = True
        self.last, self.streak = True, 0

    def heard(self, answered):
        """Take in one answer of the database (True), or its absence (False); five come in two seconds."""
        self.streak = self.streak + 1 if answered == self.last else 1
        self.last = answered
        if self.streak >= IN_A_ROW:
            self.ready = answered
