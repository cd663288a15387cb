#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""torn.py FOLDER TIMES WRITER…: reads relaytrap.prom in a tight loop while WRITER writes it, so many times; and again,
until a tenth as many different files were read.

Every file read must be whole: its first line says which write it is and how many lines follow, and each of
them says the same write. Nor may an older one follow a newer one.
"""
import subprocess
import sys
from pathlib import Path

import labkit


def read(file: Path) -> int:
    lines = file.read_bytes().split(b"\n")
    number, count = lines[0].split()
    if lines[1:] != [b"%s %d" % (number, line) for line in range(int(count))] + [b""]:
        raise SystemExit(f"torn: half a file, of {len(lines)} lines, after {lines[0]!r}")
    return int(number)


class Reader:
    """What was read of one file that is written again and again."""

    def __init__(self, file: Path):
        self.file = file
        self.reads = self.versions = 0

    def watch(self, writer: list, times: int) -> None:
        """From the writer's first file to its last."""
        self.file.unlink(missing_ok=True)
        last = 0
        with subprocess.Popen([*writer, self.file.parent, str(times)]) as process:
            while process.poll() is None:
                if not self.file.exists() and not last:
                    continue
                number = read(self.file)
                if number < last:
                    raise SystemExit(f"torn: {number} after {last}")
                self.reads, self.versions, last = self.reads + 1, self.versions + (number != last), number
        if process.returncode or read(self.file) != times:
            raise SystemExit(f"torn: the writer ended with {process.returncode}, the file is of write {read(self.file)}")


def main() -> int:
    labkit.deadline(200)
    folder, times, writer = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    reader = Reader(folder / "relaytrap.prom")
    # A reader that saw few of them has shown nothing; on one processor each has its turn, and many are missed.
    while reader.versions * 10 < times:
        reader.watch(writer, times)
    left = [each.name for each in folder.iterdir()]
    if left != [reader.file.name]:
        raise SystemExit(f"torn: left behind: {left}")
    print(f"{reader.reads} reads of {reader.versions} files, {times} in a round")
    return 0


if __name__ == "__main__":
    sys.exit(main())
