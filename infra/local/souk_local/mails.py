"""What shoppers were sent: the emulator's SES keeps every mail."""
import html
import json
import re
import shutil
import time
import urllib.request

from .aws import client
from .console import Failure, say

IDENTITY = "souk.test"
SENDER = f"orders@{IDENTITY}"
LINK = re.compile(r'href="([^"]*)"')


def verified_identity(stack):
    """Make the identity that mails are sent from; the emulator takes it for verified. Its name."""
    ses = client(stack, "sesv2")
    try:
        ses.create_email_identity(EmailIdentity=IDENTITY)
    except ses.exceptions.AlreadyExistsException:
        pass
    return IDENTITY


def show(stack, count):
    """Print the last mails, oldest first, and write each as text and HTML."""
    folder = stack.path("mails", "any").parent
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    sent = _sent(stack)[-count:]
    if not sent:
        say("no mail was sent yet: make demo buys something")
    for number, mail in enumerate(sent, 1):
        stem = folder / f"{number:03}"
        stem.with_suffix(".txt").write_text(mail["BodyText"])
        stem.with_suffix(".html").write_text(mail["BodyHtml"])
        when = time.strftime("%H:%M:%S", time.localtime(mail["Timestamp"]))
        print(f"{when}  {', '.join(mail['To'])}  {mail['Subject']}\n          file://{stem.with_suffix('.html')}")
        for link in links(mail["BodyHtml"]):
            print(f"          {link}")


def about(stack, order_id):
    """The mails about an order, oldest first."""
    return [mail for mail in _sent(stack) if order_id in mail["Subject"]]


def links(body):
    """Where a mail's links lead."""
    return [html.unescape(link) for link in LINK.findall(body)]


def _sent(stack):
    if not stack.is_emulated_here:
        raise Failure("only an emulator of this machine shows its mails")
    with urllib.request.urlopen(f"{stack.aws_endpoint}/_ministack/ses/messages", timeout=30) as answer:
        # Cognito's own mails are among them.
        return [mail for mails in json.load(answer)["messages"].values() for mail in mails if mail["Source"] == SENDER]
