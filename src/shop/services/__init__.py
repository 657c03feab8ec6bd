"""The shop in four: each module behind a front door of its own, over a database of its own."""
