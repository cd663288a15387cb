#!/usr/bin/python3
# SPDX-License-Identifier: GPL-2.0
"""torrent.py FILE ANNOUNCE: prints the torrent of a file, for a tracker at that address."""
import hashlib
import os
import sys

PIECE = 65536


def text(value: bytes) -> bytes:
    return b"%d:%s" % (len(value), value)


def main() -> None:
    with open(sys.argv[1], "rb") as file:
        data = file.read()
    pieces = b"".join(hashlib.sha1(data[at : at + PIECE]).digest() for at in range(0, len(data), PIECE))
    name = text(os.path.basename(sys.argv[1]).encode())
    info = b"d6:lengthi%de4:name%s12:piece lengthi%de6:pieces%se" % (len(data), name, PIECE, text(pieces))
    sys.stdout.buffer.write(b"d8:announce%s4:info%se" % (text(sys.argv[2].encode()), info))


main()
