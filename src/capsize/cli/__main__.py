"""``python -m capsize.cli`` is ``capsize``."""

from capsize.cli import main

main()
