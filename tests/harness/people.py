"""People at work while something large comes in: each saves something small again and again."""

import threading
import time

from django.db import connection

from core.models import Notice, User

TEXT = "边导入边办事"
_EVERY = 0.03  # seconds between two saves of one


class Writer(threading.Thread):
    """Somebody who saves a notice every few hundredths of a second until OVER; how long each took."""

    def __init__(self, user: User, over: threading.Event) -> None:
        super().__init__()
        self._user, self._over = user, over
        self.waits: list[float] = []
        self.errors: list[str] = []
        self.start()

    def run(self) -> None:
        """Save; an error ends it and is kept, for it is raised in another thread."""
        try:
            while not self._over.wait(_EVERY):
                began = time.monotonic()
                Notice.objects.create(user=self._user, text=TEXT)
                self.waits.append(time.monotonic() - began)
        except Exception as error:  # whoever started it asks for what was raised
            self.errors.append(repr(error))
        finally:
            connection.close()
