"""What the log leaves out."""

import logging


class WithoutTraceback(logging.Filter):
    """For what anybody on the network can cause at will, such as a name in `Host` that is not the site's: one line."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.exc_info = None
        return True
