"""What ``make mails`` shows."""
import contextlib
import io
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from souk_local import mails
from souk_local.stack import Stack

BODY = '<p>Leather bag</p><a href="http:&#x2f;&#x2f;127.0.0.1:8080&#x2f;orders&#x2f;ord_1">See your order</a>'


def mail(number):
    """A mail as the emulator shows it."""
    return {"Source": mails.SENDER, "To": ["a@souk.test"], "Subject": f"Your order ({number})", "BodyText": f"text {number}",
            "BodyHtml": BODY, "Timestamp": number}


class Mails(unittest.TestCase):
    """On a stack that nobody started."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.stack = Stack("demo", Path(folder.name), {}, "key", "secret")

    def shown(self, sent, count):
        """What is printed where these were sent."""
        out = io.StringIO()
        with mock.patch.object(mails, "_sent", return_value=sent), contextlib.redirect_stdout(out):
            mails.show(self.stack, count)
        return out.getvalue()

    def test_the_last_ones_are_written_with_their_links(self):
        text = self.shown([mail(number) for number in (1, 2, 3)], 2)
        self.assertNotIn("(1)", text)
        self.assertIn("a@souk.test  Your order (3)", text)
        self.assertEqual(text.count("http://127.0.0.1:8080/orders/ord_1"), 2)
        folder = self.stack.home / "mails"
        self.assertEqual([(folder / f"{name}.txt").read_text() for name in ("001", "002")], ["text 2", "text 3"])
        self.assertEqual((folder / "002.html").read_text(), BODY)

    def test_those_of_an_earlier_look_are_gone(self):
        self.shown([mail(1), mail(2)], 10)
        self.shown([mail(3)], 10)
        self.assertEqual(sorted(path.name for path in (self.stack.home / "mails").iterdir()), ["001.html", "001.txt"])


if __name__ == "__main__":
    unittest.main()
