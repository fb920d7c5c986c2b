"""Load products through the running shop's API, with the importer of ``infra/catalogue``."""
import hashlib
import os
import subprocess

from .console import Failure, Step
from .environment import python
from .stack import ROOT

FOLDER = ROOT / "infra" / "catalogue"
REJECTED_ROWS = 1


def load_sample(stack, outputs):
    """Load the sample catalogue unless this very stack already holds this very sample."""
    digest = hashlib.sha256(outputs["user_pool_id"].encode())
    for file in sorted(path for path in FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(file.read_bytes())
    stamp = stack.path("catalogue.sha256")
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    with Step("sample catalogue"):
        run_import(stack)
        stamp.write_text(digest.hexdigest())


def run_import(stack, options=()):
    """Run the importer with its own options; without a file among them, on the sample."""
    rejected = "the good rows are in; fix those named above and run the import again"
    _run(["import", "--outputs", str(stack.home / "outputs.json"), *options], rejected)


def run_change(stack, options):
    """Make the change of a file to many products."""
    rejected = "the other products are changed; the report says why each of those was refused"
    _run(["change", "--outputs", str(stack.home / "outputs.json"), *options], rejected)


def check(options):
    """Tell what an import would reject, without a stack."""
    _run(["check", *options], "an import would reject the rows named above")


def _run(arguments, rejected):
    command = [str(python()), "-m", "souk_catalogue", *arguments]
    env = os.environ | {"PYTHONPATH": str(FOLDER), "PYTHONDONTWRITEBYTECODE": "1",
                        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test"}
    # The importer draws its own progress; it must not mix with data on our standard output.
    done = subprocess.run(command, env=env, stdout=2, stdin=subprocess.DEVNULL, check=False)
    if done.returncode == REJECTED_ROWS:
        raise Failure(rejected)
    if done.returncode:
        raise Failure("see the message above; what stopped goes on when it is run again")
