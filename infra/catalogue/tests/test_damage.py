"""Whatever is done to a file: rows are good, or told, or the file is refused. Nothing else ends an import."""

import gzip
import random
import tempfile
import unittest
from pathlib import Path

import context
from test_formats import FormatCase
from test_tables import MAPPING, TABLE

from souk_catalogue import sources

SEEDS = 400
PIECES = [
    b'"', b"'", b"{", b"}", b"[", b"]", b",", b":", b"\n", b"- ", b"\r", b"\x00", b"\xff", b"\xe2\x80\xa8", b"\xc2\x85", b"\xed\xa0\x80", b"&a", b"*a", b"#", b"|", b">", b"\t",
    b"  ", b"\\", b"? ", b"<<", b"!!int ", b"%", b"---\n", b"1e400", b"NaN",
]


def damaged(content, chance):
    """The content with some pieces put in, cut out, overwritten and repeated."""
    content = bytearray(content)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        at, what = chance.randrange(len(content) + 1), chance.randrange(4)
        if what == 0:
            content[at:at] = chance.choice(PIECES)
        elif what == 1:
            del content[at : at + chance.choice([1, 2, 10, 100])]
        elif what == 2:
            content[at : at + 1] = bytes([chance.randrange(256)])
        else:
            start = chance.randrange(len(content) + 1)
            content[at:at] = content[start : start + 50]
    content = bytes(content)
    if chance.random() < 0.1:
        content = content.decode("utf-8", "replace").encode("utf-16")
    return gzip.compress(content)[: chance.choice([None, -5, 20])] if chance.random() < 0.1 else content


class DamageTest(FormatCase):
    def test_no_damage_ends_it_otherwise(self):
        contents = {name: content.encode() for name, content in self.contents().items()} | {"table.csv": TABLE.encode()}
        mapping = self.folder / "mapping.yaml"
        mapping.write_text(MAPPING)
        outcomes = set()
        for seed in range(SEEDS):
            chance = random.Random(seed)
            name = chance.choice(sorted(contents))
            path = self.folder / name
            path.write_bytes(damaged(contents[name], chance))
            with self.subTest(seed=seed, name=name):
                try:
                    loaded = context.load(path, mapping if name == "table.csv" else None)
                    outcomes |= {bool(loaded.rows), bool(loaded.rejections)}
                except sources.Unreadable as error:
                    outcomes.add(type(error))
        self.assertEqual({True, False, sources.Unreadable}, outcomes)


if __name__ == "__main__":
    unittest.main()
