"""Run once for each release: says which form the notes have."""

import notes

notes.ask("SET", "form", "1")
