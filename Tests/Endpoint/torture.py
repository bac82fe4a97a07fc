#!/usr/bin/env python3
"""What the endpoint has to stand: hostile clients, overload, commits under way, two million requests.

    Tests/Endpoint/torture.py [--search .build/release/search] [--no-cache] [NAME…]

Starts a server of its own in a temporary folder; everything happens on this machine. Names choose parts:
malformed smuggled traversal oversized slow pipelined descriptors overload commits soak. All of it takes some minutes.
"""

import argparse
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import descriptors  # noqa: E402
import hostile  # noqa: E402
import load  # noqa: E402
from server_under_test import ROOT, Server  # noqa: E402


def main():
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--search", default=os.path.join(ROOT, ".build/release/search"), help="the program")
    options.add_argument("--no-cache", action="store_true", help="without kept answers")
    options.add_argument("names", nargs="*", help="parts (default: all)")
    options = options.parse_args()
    server = Server(options.search, *["--no-cache"] * options.no_cache)
    failed = 0
    try:
        for part in hostile.ALL + descriptors.ALL + load.ALL:
            if options.names and part.__name__ not in options.names:
                continue
            start = time.monotonic()
            try:
                print(f"passed {part.__name__} ({part.__doc__}): {part(server)} [{time.monotonic() - start:.0f} s]", flush=True)
            except AssertionError as error:
                failed += 1
                print(f"FAILED {part.__name__} ({part.__doc__}): {str(error)[:2000]}", flush=True)
        server.stop()
    finally:
        server.close()
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
