"""Where tests put the files of the programs they start."""

import os
import shutil

MEMORY = "/dev/shm"
MEMORY_LEAST = 1 << 30  # bytes that are free there: several programs run at once


def memory():
    """A folder in memory, where there is room: commits wait for the same calls as on a disk, and
    for nothing behind them. None: there is none, or no program may be run from there, as in some
    containers."""
    if not os.access(MEMORY, os.W_OK) or os.statvfs(MEMORY).f_flag & os.ST_NOEXEC:
        return None
    return MEMORY if shutil.disk_usage(MEMORY).free >= MEMORY_LEAST else None
