"""The smallest FastAPI service: what eight of them cost is what starting costs."""

from fastapi import FastAPI

app = FastAPI()


@app.get("/ready")
async def ready() -> dict[str, bool]:
    """Say yes."""
    return {"ready": True}
