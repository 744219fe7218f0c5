"""Command line of the site: `python -m app serve` and `python -m app export`."""

import argparse
import sys
from pathlib import Path

from app.errors import SiteError
from app.export import ROOT, export_site
from app.models import default_models
from app.serve import serve


def parser() -> argparse.ArgumentParser:
    """The commands and their options."""
    top = argparse.ArgumentParser(prog="python -m app", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True)

    serving = commands.add_parser("serve", help="serve a written site on this machine")
    serving.add_argument("--site", type=Path, default=ROOT / "dist", metavar="DIR")
    serving.add_argument("--port", type=_port, default=8000, help="0 takes any free one")
    serving.add_argument(
        "--host", default="127.0.0.1", help="browsers give the page all it needs on localhost only"
    )

    exporting = commands.add_parser("export", help="write the site as a folder of files")
    exporting.add_argument("--out", type=Path, default=ROOT / "dist", metavar="DIR")
    exporting.add_argument(
        "--models", type=Path, nargs="+", metavar="PATH", help="default: those in build/models"
    )
    return top


def _port(text: str) -> int:
    port = int(text)
    if not 0 <= port <= 65535:
        raise argparse.ArgumentTypeError("a port lies between 0 and 65535")
    return port


def main(arguments: list[str] | None = None) -> int:
    """Runs a command; a failure is one sentence and status 1."""
    options = parser().parse_args(arguments)
    try:
        if options.command == "serve":
            serve(options.site, options.host, options.port)
        else:
            models = options.models or default_models(ROOT / "build" / "models")
            done = export_site(options.out, models)
            names = ", ".join(done.models)
            print(f"Wrote the site to {done.out} ({names}; {done.bytes / 1e6:.0f} MB).")
    except SiteError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 0
    return 0


if __name__ == "__main__":
    sys.exit(main())
