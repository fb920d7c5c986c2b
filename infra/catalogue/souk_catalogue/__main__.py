"""Command line: `python -m souk_catalogue import|check|expand`."""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import sys
import time
from pathlib import Path

from . import pictures, row_export, sources
from .journal import Busy, Journal
from .loader import Loader, Outage, Report
from .model import Catalogue
from .operator_api import NotAllowed, OperatorApi
from .outputs import BadOutputs, Outputs, read
from .progress import Progress
from .sample import BadSpecification
from .searchable import SearchFailed, SearchWaiter
from .transport import HttpClient, Unreachable

ALL_GOOD, REJECTED, CANNOT_RUN, INTERRUPTED = 0, 1, 2, 130
# Pictures on their way to the bucket at once.
UPLOADS = 16
OUTCOMES = ("created", "changed", "unchanged", "rejected")


def main(arguments: list[str] | None = None) -> int:
    """Runs one command; its exit code."""
    options = _parser().parse_args(arguments)
    try:
        catalogue = sources.load(options.file)
        return {"import": _import, "check": _check, "expand": _expand}[options.command](catalogue, options)
    except (sources.Unreadable, BadSpecification, BadOutputs, Busy, NotAllowed, Unreachable, Outage, SearchFailed) as error:
        print(f"error: {error}", file=sys.stderr)
        return CANNOT_RUN
    except KeyboardInterrupt:
        print("\ninterrupted: the same command goes on from here", file=sys.stderr)
        return INTERRUPTED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="souk_catalogue", description="The sample catalogue of Souk and its importer.")
    commands = parser.add_subparsers(dest="command", required=True)
    load = commands.add_parser("import", help="load a catalogue into a running stack")
    check = commands.add_parser("check", help="validate a catalogue without a server")
    expand = commands.add_parser("expand", help="print a catalogue as JSON lines of the project's own format")
    for command in (load, check, expand):
        command.add_argument("--file", type=Path, help="the catalogue; without it, the sample")
    load.add_argument("--outputs", required=True, help="what `make outputs` printed; - reads standard input")
    load.add_argument("--state-dir", type=Path, help="where the journal lies (default: import/ beside the outputs)")
    load.add_argument("--trust-journal", action="store_true", help="do not look again at rows that an earlier import brought in unchanged")
    load.add_argument("--search-timeout", type=float, default=180.0, metavar="SECONDS", help="how long to wait while search finds nothing more")
    return parser


def _check(catalogue: Catalogue, _: argparse.Namespace) -> int:
    _report_rejections(catalogue.rejections)
    skus = sum(len(row.value.variants) for row in catalogue.products)
    print(f"{len(catalogue.rows)} good rows ({len(catalogue.products)} products, {skus} SKUs), {len(catalogue.rejections)} rejected")
    return REJECTED if catalogue.rejections else ALL_GOOD


def _expand(catalogue: Catalogue, _: argparse.Namespace) -> int:
    _report_rejections(catalogue.rejections)
    for row in catalogue.rows:
        print(json.dumps(row_export.line(row), ensure_ascii=False))
    return REJECTED if catalogue.rejections else ALL_GOOD


def _import(catalogue: Catalogue, options: argparse.Namespace) -> int:
    started = time.monotonic()
    outputs = read(options.outputs)
    if not catalogue.rows:
        _report_rejections(catalogue.rejections)
        raise sources.Unreadable("there is no good row to load")
    total = len(catalogue.rows) + len(catalogue.rejections)
    with Journal(options.state_dir or _state_dir(options.outputs), outputs) as journal, OperatorApi(outputs) as api:
        if options.trust_journal:
            journal.trust()
        stored, drawn = _store_pictures(catalogue, outputs)
        report = Loader(api, journal, Progress(total)).run(catalogue)
        journal.complete()
    _report_rejections(report.rejections)
    loaded = time.monotonic()
    with contextlib.closing(HttpClient(outputs.api_url)) as guest:
        hidden = SearchWaiter(guest, options.search_timeout, _found).wait(report.loaded)
    _summary(report, f"pictures: {stored} stored, {drawn - stored} there already")
    seconds = time.monotonic() - started
    print(f"{total} rows in {seconds:.1f} s, {total / seconds:.0f} rows/s; the last {time.monotonic() - loaded:.1f} s waited for search")
    if hidden:
        print(f"error: search does not find {len(hidden)} of them: {', '.join(hidden[:10])}", file=sys.stderr)
        return REJECTED
    return REJECTED if report.rejections else ALL_GOOD


def _store_pictures(catalogue: Catalogue, outputs: Outputs) -> tuple[int, int]:
    if not any(image.drawing for row in catalogue.products for image in row.value.images):
        return 0, 0
    if not outputs.images_bucket:
        raise BadOutputs("the outputs lack images_bucket")
    # The SDK's errors are classes of its own, known only once it is loaded.
    import botocore.exceptions

    try:
        return pictures.upload(catalogue.products, pictures.S3Bucket(outputs, UPLOADS), UPLOADS)
    except (botocore.exceptions.BotoCoreError, botocore.exceptions.ClientError) as error:
        raise Unreachable(f"storing pictures in {outputs.images_bucket}: {error}") from error


def _found(found: int, wanted: int) -> None:
    print(f"import: search finds {found} of {wanted} products", file=sys.stderr)


def _state_dir(outputs: str) -> Path:
    if outputs != "-":
        return Path(outputs).resolve().parent / "import"
    home = os.environ.get("SOUK_HOME") or Path(__file__).resolve().parents[3] / "target" / "souk"
    return Path(home) / "import"


def _report_rejections(rejections: list) -> None:
    for rejection in sorted(rejections, key=lambda item: (item.position is None, item.position)):
        print(f"rejected: {rejection}", file=sys.stderr)


def _summary(report: Report, pictures_line: str) -> None:
    print(f"{'':<12}{'rows':>8}" + "".join(f"{name:>11}" for name in OUTCOMES))
    for kind, plural in (("category", "categories"), ("seller", "sellers"), ("product", "products")):
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
