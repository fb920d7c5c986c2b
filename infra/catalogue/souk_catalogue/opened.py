"""Opens a file of text whatever way it is kept: gzipped or not, UTF-8 or UTF-16, with a byte order mark or without."""

from __future__ import annotations

import codecs
import gzip
import io
from pathlib import Path
from typing import BinaryIO, Iterator, TextIO

GZIP = b"\x1f\x8b"
# Far above the server's limit of a product: what has no end ends here, and not when memory does.
MAX_LINE = 4 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Unreadable(Exception):
    """A file that is no catalogue at all."""


def open_text(path: Path, encoding: str | None = None, newline: str | None = None) -> TextIO:
    """The file's text. A byte that is no UTF-8 becomes a lone surrogate, so that it costs its row and not the file.

    With `newline` None every line ends in a line feed, and nothing but CR, LF and CRLF ends one.
    """
    try:
        is_known = encoding is not None and codecs.lookup(encoding).name != "utf-8"
        binary = _unzipped(path)
        if not is_known:
            encoding = encoding_of(_peek(binary))
        errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
        return io.TextIOWrapper(binary, encoding, errors=errors, newline=newline)
    except (OSError, LookupError) as error:
        raise Unreadable(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


def lines(text: TextIO, name: str) -> Iterator[str]:
    """The text line by line, each with its end."""
    number = 0
    while line := text.readline(MAX_LINE):
        number += 1
        if len(line) == MAX_LINE:
            raise Unreadable(f"{name}:{number}: a line is longer than {MAX_LINE} characters")
        yield line


def encoding_of(beginning: bytes) -> str:
    """What the first bytes tell: a mark, the zeros of UTF-16 without one, else UTF-8."""
    for mark, encoding in MARKS:
        if beginning.startswith(mark):
            return encoding
    # What a catalogue begins with is ASCII: in UTF-16 every other byte of it is zero.
    if len(beginning) >= 4 and beginning[1] == beginning[3] == 0 and beginning[0]:
        return "utf-16-le"
    if len(beginning) >= 4 and beginning[0] == beginning[2] == 0 and beginning[1]:
        return "utf-16-be"
    return "utf-8"


def state_of(path: Path) -> tuple[int, int]:
    """What changes when somebody writes the file."""
    try:
        stat = path.stat()
    except OSError as error:
        raise Unreadable(f"cannot read {path}: {error.strerror or error}") from error
    return stat.st_size, stat.st_mtime_ns


def suffix_of(path: Path) -> str:
    """The ending that tells the format: the one before `.gz`."""
    return Path(path.name.lower().removesuffix(".gz")).suffix


def _unzipped(path: Path) -> BinaryIO:
    binary = open(path, "rb")
    if not _peek(binary).startswith(GZIP):
        return binary
    binary.close()
    return io.BufferedReader(gzip.GzipFile(path))


def _peek(binary: BinaryIO) -> bytes:
    return binary.peek(4)[:4]
