#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""other_build.py PROGRAM OUT N: a copy of relaytrap whose kernel side is another build, though it does the same.

Byte N of the padding in the header of the embedded object, which nobody reads, is changed.
"""
import os
import sys

MAGIC, EM_BPF, PADDING = b"\x7fELF", 247, 9

source, out, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
with open(source, "rb") as file:
    data = bytearray(file.read())
places = []
at = data.find(MAGIC, 1)
while at >= 0:
    if int.from_bytes(data[at + 18:at + 20], "little") == EM_BPF:
        places.append(at)
    at = data.find(MAGIC, at + 1)
if len(places) != 1:
    sys.exit(f"other_build: {len(places)} objects for BPF in {source}, not one")
data[places[0] + PADDING + number % 7] ^= 1
with open(out, "wb") as file:
    file.write(data)
os.chmod(out, 0o755)
