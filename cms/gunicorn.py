"""How gunicorn serves the portal. PORT and WEB_CONCURRENCY are those of the usual platforms."""

import multiprocessing
import os

bind = f"0.0.0.0:{os.environ.get('PORT', '8000')}"
workers = int(os.environ.get("WEB_CONCURRENCY", multiprocessing.cpu_count() + 1))
# Threads keep a slow answer of the payment provider from holding a whole process.
threads = int(os.environ.get("WEB_THREADS", 4))
timeout = 60
max_requests = 5_000
max_requests_jitter = 500
# gunicorn's access log would write addresses; the application writes its own events.
accesslog = None
# Two portals on one machine would fight over its one address; signals are enough.
control_socket_disable = True
