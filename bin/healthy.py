"""Exit 0 when the portal of this machine answers /healthz, asked for by its own host name."""

import os
import sys
from http.client import HTTPConnection, HTTPException

host = os.environ.get("ALLOWED_HOSTS", "127.0.0.1").split(",")[0].strip()
connection = HTTPConnection("127.0.0.1", int(os.environ.get("PORT", "8000")), timeout=3)
try:
    connection.request("GET", "/healthz", headers={"Host": host})
    sys.exit(connection.getresponse().status != 200)
except (OSError, HTTPException):
    sys.exit(1)
