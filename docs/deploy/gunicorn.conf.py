"""gunicorn behind nginx, started by ntm-tracker.service on the socket that systemd holds."""

import os

wsgi_app = "ntm_tracker.wsgi"

# A page is work for the processor, so a process for each core, and two so that one may be busy with
# a workbook; the second thread of each answers while the first waits for the database.
workers = int(os.environ.get("WEB_CONCURRENCY") or max(2, os.cpu_count() or 1))
worker_class = "gthread"
threads = 2

# Loaded once, before the workers: settings that make no sense end the start itself, where systemd
# sees it, and what has been loaded is shared by all workers. The price: a new version needs a
# restart, no reload. The socket stays open meanwhile, so nobody's request is lost.
preload_app = True

# Requests that run when the service stops have this long; the next ones wait in the socket.
graceful_timeout = 60
# A process whose main thread says nothing for so long is replaced. Long pages run in other threads.
timeout = 60

# Addresses carry filters; nginx lets 8 KB through by default, gunicorn 4 KB.
limit_request_line = 8190
# Who asks is told by X-Forwarded-For, which the settings judge (PROXY_COUNT), not by gunicorn.
forwarded_allow_ips = ""
# In memory, so that a slow disk does not look like a dead process.
worker_tmp_dir = "/dev/shm"  # noqa: S108
control_socket_disable = True

# nginx writes one line per request; the journal gets what goes wrong.
accesslog = None
loglevel = "info"
