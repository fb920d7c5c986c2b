"""Command line: `python -m souk_catalogue import|check|expand|change`."""

from __future__ import annotations

import argparse
import contextlib
import itertools
import json
import os
import sys
import time
from pathlib import Path

from . import changes, pictures, row_export, sources
from .journal import Busy, Journal
from .loader import CONNECTIONS, Loader, Outage, Report
from .model import Catalogue
from .operator_api import NotAllowed, OperatorApi
from .outputs import BadOutputs, Outputs, read
from .progress import Progress
from .rejections import Rejections
from .row_put import Refused
from .sample import BadSpecification
from .searchable import SearchFailed, SearchWaiter
from .transport import HttpClient, Unreachable

ALL_GOOD, REJECTED, CANNOT_RUN, INTERRUPTED = 0, 1, 2, 130
# Pictures on their way to the bucket at once.
UPLOADS = 16
EXIT_CODES = "Exit codes: 0 all good; 1 some rows were rejected or are not found by search, the others are in; 2 it could not run; 130 interrupted."
OUTCOMES = ("created", "changed", "unchanged", "rejected")


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; its exit code."""
    parser = _parser()
    options = parser.parse_args(arguments)
    if options.command == "import" and not (options.outputs or options.dry_run):
        parser.error("import needs --outputs, or --dry-run")
    try:
        if options.command == "change":
            return _change(options)
        if options.command == "import":
            print(f"import: checking {options.file or 'the sample'}", file=sys.stderr)
        with Rejections(_report_of(options)) as rejections:
            catalogue = sources.load(options.file, rejections.add, options.mapping)
            return options.run(catalogue, options, rejections)
    except (sources.Unreadable, BadSpecification, BadOutputs, Busy, NotAllowed, Unreachable, Outage, Refused, SearchFailed) as error:
        print(f"error: {error}", file=sys.stderr)
        return CANNOT_RUN
    except KeyboardInterrupt:
        print("\ninterrupted: the same command goes on from here", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="souk_catalogue", description="The sample catalogue of Souk and its importer.", epilog=EXIT_CODES)
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser("import", help="load a catalogue into a running stack", epilog=EXIT_CODES)
    check = commands.add_parser("check", help="validate a catalogue without a server, as import does before it sends anything")
    expand = commands.add_parser("expand", help="print a catalogue as JSON lines of the project's own format")
    for command, run in ((load, _import), (check, _check), (expand, _expand)):
        command.set_defaults(run=run)
        command.add_argument("--file", type=Path, help="the catalogue, without it the sample: YAML, JSON, JSON lines or CSV, gzipped or not")
        command.add_argument("--mapping", type=Path, metavar="FILE", help="which column of a flat file is which field: see infra/catalogue/README.md")
        command.add_argument("--report", type=Path, metavar="FILE", help="where all bad rows are told: .csv, or JSON lines (import writes rejected/ in its state directory)")
    change = commands.add_parser("change", help="make one change to many products of a running stack", epilog=EXIT_CODES)
    change.add_argument("--file", type=Path, required=True, help="which products, and what is to be changed of each: see infra/catalogue/README.md")
    change.add_argument("--outputs", required=True, help="what `make outputs` printed; - reads standard input")
    change.add_argument("--state-dir", type=Path, help="where it is kept how far it has come (default: import/ beside the outputs)")
    change.add_argument("--report", type=Path, metavar="FILE", help="what became of each product, as JSON lines (default: changes/ in the state directory)")
    load.add_argument("--outputs", help="what `make outputs` printed; - reads standard input")
    load.add_argument("--dry-run", action="store_true", help="only check, without a server")
    load.add_argument("--connections", type=int, default=CONNECTIONS, metavar="NUMBER", help=f"chunks of products on their way at once (default: {CONNECTIONS})")
    load.add_argument("--state-dir", type=Path, help="where the journal lies (default: import/ beside the outputs)")
    load.add_argument("--trust-journal", action="store_true", help="do not look again at rows that an earlier import brought in unchanged")
    load.add_argument("--search-timeout", type=float, default=180.0, metavar="SECONDS", help="how long to wait while search finds nothing more (default: 180); 0 does not wait for search")
    return parser


def _check(catalogue: Catalogue, _: argparse.Namespace, rejections: Rejections) -> int:
    good = catalogue.total - catalogue.rejected.total()
    print(f"{good} good rows ({catalogue.product_count} products, {catalogue.sku_count} SKUs), {rejections.count} rejected")
    return REJECTED if rejections.count else ALL_GOOD


def _expand(catalogue: Catalogue, _: argparse.Namespace, rejections: Rejections) -> int:
    for row in itertools.chain(catalogue.categories, catalogue.collections, catalogue.sellers, catalogue.products):
        print(json.dumps(row_export.line(row), ensure_ascii=False))
    return REJECTED if rejections.count else ALL_GOOD


def _import(catalogue: Catalogue, options: argparse.Namespace, rejections: Rejections) -> int:
    if options.dry_run:
        return _check(catalogue, options, rejections)
    started = time.monotonic()
    outputs = read(options.outputs)
    if catalogue.total == catalogue.rejected.total():
        raise sources.Unreadable("there is no good row to load")
    with Journal(_state_dir(options), outputs) as journal, OperatorApi(outputs) as api:
        if options.trust_journal:
            journal.trust()
        stored = _store_pictures(catalogue, outputs)
        report = Loader(api, journal, Progress(catalogue.total), rejections.add, max(1, options.connections)).run(catalogue)
        journal.complete()
    loaded = time.monotonic()
    hidden = _wait_for_search(outputs, options.search_timeout, report) if options.search_timeout > 0 else []
    _summary(report, f"pictures: {stored} stored, {len(catalogue.drawings) - stored} there already")
    seconds = time.monotonic() - started
    print(f"{catalogue.total} rows in {seconds:.1f} s, {catalogue.total / seconds:.0f} rows/s; the last {time.monotonic() - loaded:.1f} s waited for search")
    if hidden:
        print(f"error: search does not find {len(hidden)} of them: {', '.join(hidden[:10])}", file=sys.stderr)
    return REJECTED if hidden or rejections.count else ALL_GOOD


def _change(options: argparse.Namespace) -> int:
    wanted = changes.read(options.file)
    running = changes.Changes(wanted, _state_dir(options) / "changes", options.report)
    if running.resumed:
        print("change: goes on where it stopped", file=sys.stderr)
    with OperatorApi(read(options.outputs)) as api:
        counts = running.run(api, lambda counts: print(f"change: {counts.total()} products", file=sys.stderr))
    told = ", ".join(f"{counts[name]} {name}" for name in ("changed", "unchanged", "refused"))
    print(f"{counts.total()} products: {told}; each is told of in {running.report}")
    return REJECTED if counts["refused"] else ALL_GOOD


def _wait_for_search(outputs: Outputs, timeout: float, report: Report) -> list[str]:
    with contextlib.closing(HttpClient(outputs.api_url)) as guest:
        return SearchWaiter(guest, timeout, _found).wait(report.loaded)


def _store_pictures(catalogue: Catalogue, outputs: Outputs) -> int:
    if not catalogue.drawings:
        return 0
    if not outputs.images_bucket:
        raise BadOutputs("the outputs lack images_bucket")
    # The SDK's errors are classes of its own, known only once it is loaded.
    import botocore.exceptions

    try:
        return pictures.upload(catalogue.drawings, pictures.S3Bucket(outputs, UPLOADS), UPLOADS)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise Unreachable(f"storing pictures in {outputs.images_bucket}: {error}") from error


def _found(found: int, wanted: int) -> None:
    print(f"import: search finds {found} of {wanted} products", file=sys.stderr)


def _state_dir(options: argparse.Namespace) -> Path:
    if options.state_dir:
        return options.state_dir
    if options.outputs and options.outputs != "-":
        return Path(options.outputs).resolve().parent / "import"
    home = os.environ.get("SOUK_HOME") or Path(__file__).resolve().parents[3] / "target" / "souk"
    return Path(home) / "import"


def _report_of(options: argparse.Namespace) -> Path | None:
    if options.report or options.command != "import":
        return options.report
    return _state_dir(options) / "rejected" / f"{options.file.name if options.file else 'sample'}.jsonl"


def _summary(report: Report, pictures_line: str) -> None:
    print(f"{'':<12}{'rows':>8}" + "".join(f"{name:>11}" for name in OUTCOMES))
    for kind, plural in (("category", "categories"), ("collection", "collections"), ("seller", "sellers"), ("product", "products")):
        numbers = [report.counts[kind, name] for name in OUTCOMES]
        print(f"{plural:<12}{sum(numbers):>8}" + "".join(f"{number:>11}" for number in numbers))
    if report.skipped:
        print(f"{report.skipped} of the unchanged ones were in the journal")
    print(pictures_line)


if __name__ == "__main__":
    # `expand | head` closes the pipe early: that is no error of ours.
    try:
        sys.exit(main())
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(ALL_GOOD)
