"""Serve the shop: ``python serve.py``. With --reload it starts anew whenever a file is saved."""

import os
import sys

import uvicorn


def main():
    uvicorn.run(
        "app:app",
        host="0.0.0.0",
        port=int(os.environ.get("PORT", "8000")),
        reload="--reload" in sys.argv,
        access_log=False,
    )


if __name__ == "__main__":
    main()
