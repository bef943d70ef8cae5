"""Exit 0 when 127.0.0.1:PORT can be served on, 1 when it cannot, 2 when PORT is no port.

A port in TIME_WAIT counts as free, as it does for the server.
"""

import socket
import sys

FIRST, LAST = 1, 65535

given = sys.argv[1]
if not (given.isascii() and given.isdigit() and FIRST <= int(given) <= LAST):
    sys.exit(2)
with socket.socket() as probe:
    probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        probe.bind(("127.0.0.1", int(given)))
    except PermissionError:  # below 1024, and not root
        sys.exit(2)
    except OSError:
        sys.exit(1)
