#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""torn.py FOLDER TIMES WRITER…: reads relaytrap.prom in a tight loop while WRITER writes it, so many times.

Every file read must be whole: its first line says which write it is and how many lines follow, and each of
them says the same write. Nor may an older one follow a newer one.
"""
import subprocess
import sys
from pathlib import Path


def read(file: Path) -> int:
    lines = file.read_bytes().split(b"\n")
    number, count = lines[0].split()
    if lines[1:] != [b"%s %d" % (number, line) for line in range(int(count))] + [b""]:
        raise SystemExit(f"torn: half a file, of {len(lines)} lines, after {lines[0]!r}")
    return int(number)


def main() -> int:
    folder, times, writer = Path(sys.argv[1]), int(sys.argv[2]), sys.argv[3:]
    file = folder / "relaytrap.prom"
    last = reads = versions = 0
    with subprocess.Popen([*writer, folder, str(times)]) as process:
        while process.poll() is None:
            if not file.exists() and not last:
                continue
            number = read(file)
            if number < last:
                raise SystemExit(f"torn: {number} after {last}")
            reads, versions, last = reads + 1, versions + (number != last), number
    if process.returncode or read(file) != times:
        raise SystemExit(f"torn: the writer ended with {process.returncode}, the file is of write {read(file)}")
    left = [each.name for each in folder.iterdir()]
    if left != [file.name]:
        raise SystemExit(f"torn: left behind: {left}")
    print(f"{reads} reads of {versions} of {times} files")
    # A reader that saw few of them has shown nothing.
    return 0 if versions * 10 >= times else 1


if __name__ == "__main__":
    sys.exit(main())
