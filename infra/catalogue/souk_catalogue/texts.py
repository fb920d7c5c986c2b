"""What a text may hold, in the words of the server's rule."""

from __future__ import annotations


def not_utf8(text: str) -> str | None:
    """Names the first byte that was no UTF-8 when the file was read; None where there is none."""
    escaped = next((character for character in text if "\udc80" <= character <= "\udcff"), None)
    return f"holds the byte 0x{ord(escaped) - 0xDC00:02X}, which is no UTF-8" if escaped else None


def broken_character(text: str) -> str | None:
    """Why a text cannot be sent: a byte that is no UTF-8, or half a surrogate pair, which JSON can spell."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return not_utf8(text) or "holds half a character"
    return None


def control_character(text: str) -> str | None:
    """Names the first control character that is neither a line feed nor a tab."""
    found = next((character for character in text if (character < " " or "\x7f" <= character <= "\x9f") and character not in "\n\t"), None)
    return f"holds the control character U+{ord(found):04X}" if found else None
