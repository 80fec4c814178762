"""A server whose clock is moved while it runs. Its monotonic clock goes on as it is."""

import mmap
import os
import shutil
import struct
import subprocess
import tempfile

import scratch


class SteppedClock:
    """`env` is for Server: the library that moves the clock (clock_step.c), and the file with the distance."""

    def __init__(self, case):
        home = tempfile.mkdtemp(prefix="gatehouse-time-", dir=scratch.memory())
        case.addCleanup(shutil.rmtree, home, True)
        library = os.path.join(home, "clock_step.so")
        source = os.path.join(os.path.dirname(os.path.abspath(__file__)), "clock_step.c")
        subprocess.run(["cc", "-O2", "-Wall", "-Wextra", "-Werror", "-fPIC", "-shared", "-o", library, source],
                       check=True)
        path = os.path.join(home, "offset")
        with open(path, "w+b") as file:
            file.write(bytes(8))
            file.flush()
            self.offset = mmap.mmap(file.fileno(), 8)
        self.env = {"LD_PRELOAD": library, "CLOCK_STEP": path,
                    "ASAN_OPTIONS": os.environ.get("ASAN_OPTIONS", "") + ":verify_asan_link_order=0"}

    def step(self, seconds):
        """How far it is from the machine's clock."""
        self.offset[:] = struct.pack("=q", seconds)
