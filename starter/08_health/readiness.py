"""Readiness: may customers be sent to this copy? Every caller gets the same answer, and asking changes nothing."""

IN_A_ROW = 3


class Readiness:
    """Whether this copy is ready, judged by the last answers of the database. ``ready`` is what the platform sees."""

    def __init__(self):
        self.ready = True
        self.last, self.streak = True, 0

    def heard(self, answered):
        """Count one answer of the database (True), or a missing one (False); there are five in two seconds."""
        # TODO 8.2: follow the database once it has given the same answer three times in a row.
        self.ready = True
