"""Readiness: may customers be sent to this copy? Whoever asks gets the same answer, and asking changes nothing."""

IN_A_ROW = 3


class Readiness:
    """What the database's last answers make of this copy. ``ready`` is what the platform gets to hear."""

    def __init__(self):
        self.ready = True
        self.last, self.streak = True, 0

    def heard(self, answered):
        """Take in one answer of the database (True), or its absence (False); five come in two seconds."""
        # TODO 8.2: follow the database, once it has said the same three times in a row.
        self.ready = True
