#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""with_pid.py PID COMMAND…: runs a command under a pid that was another process's."""
import os
import sys

import labkit

TRIES = 2000


def fork_as(pid: int) -> bool:
    """Whether the child got it; another process of this machine may have been faster."""
    with open("/proc/sys/kernel/ns_last_pid", "w", encoding="ascii") as last:
        last.write(str(pid - 1))
    child = os.fork()
    if child == 0:
        if os.getpid() == pid:
            os.execv(sys.argv[2], sys.argv[2:])
        os._exit(0)
    if child != pid:
        os.waitpid(child, 0)
    return child == pid


def main() -> None:
    labkit.deadline()
    pid = int(sys.argv[1])
    if not any(fork_as(pid) for _ in range(TRIES)):
        sys.exit(f"with_pid: {pid} was not to be had in {TRIES} tries")
    _, status = os.waitpid(pid, 0)
    sys.exit(os.waitstatus_to_exitcode(status))


main()
