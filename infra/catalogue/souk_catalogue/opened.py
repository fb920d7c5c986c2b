"""Opens a file of text whatever way it is kept: gzipped or not, UTF-8 or UTF-16, with a byte order mark or without."""

from __future__ import annotations

import codecs
import gzip
import io
from pathlib import Path
from typing import BinaryIO, TextIO

GZIP = b"\x1f\x8b"
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


class Unreadable(Exception):
    """A file that is no catalogue at all."""


def open_text(path: Path, encoding: str | None = None, newline: str | None = None) -> TextIO:
    """The file's text. A byte that is no UTF-8 becomes a lone surrogate, so that it costs its row and not the file.

    With `newline` None every line ends in a line feed, and nothing but CR, LF and CRLF ends one.
    """
    try:
        binary = _unzipped(path)
        encoding = encoding or encoding_of(_peek(binary))
        errors = "surrogateescape" if encoding.startswith("utf-8") else "strict"
        return io.TextIOWrapper(binary, encoding, errors=errors, newline=newline)
    except (OSError, LookupError) as error:
        raise Unreadable(f"cannot read {path}: {getattr(error, 'strerror', None) or error}") from error


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
    if _peek(binary).startswith(GZIP):
        return io.BufferedReader(gzip.GzipFile(fileobj=binary))
    return binary


def _peek(binary: BinaryIO) -> bytes:
    return binary.peek(4)[:4]
