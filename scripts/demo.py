"""Make .venv, install geoplan in it, run the demo and say what to open."""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  people start it with what they have
    sys.stderr.write(
        "geoplan needs Python 3.11 or newer, and this is Python %d.%d. "  # noqa: UP031  so that Python 2 can say so
        "Get one from https://www.python.org/downloads/ and start this with it.\n"
        % sys.version_info[:2]
    )
    sys.exit(2)

import workshop

if __name__ == "__main__":
    sys.exit(workshop.demo(sys.argv[1:]))
