"""`python -m config.bench`: start servers, make the volume, measure, print one table, keep it as JSON."""

import argparse
import contextlib
import os
import sys
from pathlib import Path

from config.embedded.errors import CannotStart
from config.fingerprint import ROOT

FEW, CUSTOMERS_OF = 1000, 5


def main(arguments: list[str]) -> int:
    """Run the benchmarks that are asked for, or compare two runs; return the exit code."""
    options = _options().parse_args(arguments)
    folder = Path(os.environ.get("DATA_DIR") or ROOT / ".data").resolve() / "bench"
    if options.compare and len(options.compare) > 1:
        from config.bench.keep import compare  # noqa: PLC0415 - needs no servers

        _say(*compare(*options.compare[:2]))
        return 0
    try:
        _measure(options, folder)
    except CannotStart as error:
        _say(str(error))
        return 1
    return 0


def _options() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="make bench", description=__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000, help="rows of each kind of the large merchant")
    parser.add_argument("--claims", type=int, help="claims of the large merchant, where they are not as many")
    parser.add_argument("--volume", type=Path, help="a folder with a volume that is kept, whatever it holds")
    parser.add_argument(
        "--lots", type=int, default=0, help="lots of the sweep in one pool; nought: a fifth of the rows, five times"
    )
    parser.add_argument("--only", default="", help="names of benchmarks, or parts of names, with commas between")
    parser.add_argument("--times", type=int, default=20, help="how often each page is fetched")
    parser.add_argument("--size", type=int, default=10_000, help="how much the other benchmarks do at once")
    parser.add_argument("--most", type=int, default=0, help="pages of each group at most; nought: all")
    parser.add_argument("--compare", type=Path, nargs="*", help="a run to compare with; of two, these are compared")
    return parser


def _measure(options: argparse.Namespace, folder: Path) -> None:
    from config.bench.servers import servers  # noqa: PLC0415 - Django is set up between

    with contextlib.ExitStack() as running:
        running.enter_context(servers(folder, rows=options.rows, kept=options.volume and options.volume.resolve()))
        import django  # noqa: PLC0415 - the addresses are known from here on

        django.setup()
        from config.bench.run import run  # noqa: PLC0415 - as above

        path = run(options, folder, _say)
    if options.compare:
        from config.bench.keep import compare  # noqa: PLC0415 - as above

        _say("", *compare(options.compare[0], path))


def _say(*lines: str) -> None:
    for line in lines:
        print(line, flush=True)  # noqa: T201 - the command line's own words


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
