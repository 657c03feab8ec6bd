"""Readiness: may customers be sent to this copy? Every caller gets the same answer, and asking changes nothing."""

IN_A_ROW = 3  # equal answers of the database after which you are sure


class Readiness:
    """Whether this copy is ready, judged by the last answers of the database. ``ready`` is what the platform sees."""

    def __init__(self):
        self.ready = True
        self.last, self.streak = True, 0

    def heard(self, answered):
        """Take in one answer of the database (True), or a missing one (False); there are five in two seconds."""
        self.streak = self.streak + 1 if answered == self.last else 1
        self.last = answered
        if self.streak >= IN_A_ROW:
            self.ready = answered

    def from_memory(self, shelf):
        """Return what customers see while the database is away: ``shelf`` is as it last was. Nothing: an error."""
