"""Work that the Celery worker of the tests knows (``celery -I tests.core.celery_work``)."""

import time

from core.runs import runner


@runner("test.slow", name="慢慢写")
def slow(run, progress):
    """Write notices, one a chunk, slowly enough to be killed on the way."""
    rows = run.arguments["rows"]
    progress.expect(rows)
    for row in range(run.checkpoint.get("row", 0), rows):
        with progress.chunk(1, checkpoint={"row": row + 1}):
            run.by.notices.create(text=f"第{row}行")
        time.sleep(run.arguments["pause"])  # slow work, so that it can be killed midway


@runner("test.poison", name="做不完")
def poison(run, progress):
    """Break at once."""
    raise ValueError("张建国 16112345678")
