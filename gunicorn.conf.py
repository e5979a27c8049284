"""gunicorn's settings; every one can be overridden by GUNICORN_CMD_ARGS."""

import logging

from portal.environment import Environment

env = Environment()
workers = env.integer("WEB_CONCURRENCY", default=2)
threads = env.integer("WEB_THREADS", default=4)
worker_class = "gthread"
timeout = 30
keepalive = 5
max_requests = 10_000
max_requests_jitter = 1_000
accesslog = "-" if env.boolean("ACCESS_LOG", default=False) else None
# An address line of 4 KB is longer than any of ours; more is an attack.
limit_request_line = 4094
preload_app = False
# What a proxy says of a request is believed by Django alone, and only with BEHIND_PROXY.
forwarder_headers = ""
secure_scheme_headers: dict[str, str] = {}
# Nothing on these machines uses it, and two portals of one user would fight over its place.
control_socket_disable = True


class WithoutHeadBodies(logging.Filter):
    """Drops the warning that an answer to HEAD had a body: gunicorn sends none, and Django always makes one."""

    def filter(self, record: logging.LogRecord) -> bool:
        return "HEAD" not in record.getMessage() or "body" not in record.getMessage().lower()


def on_starting(server: object) -> None:
    logging.getLogger("gunicorn.error").addFilter(WithoutHeadBodies())
