"""Load products through the running shop's API, with the importer of ``infra/catalogue``."""
import hashlib
import os
import subprocess

from .console import Failure, Step
from .environment import python
from .stack import REGION, ROOT
from .users import sign_in

FOLDER = ROOT / "infra" / "catalogue"


def load_sample(stack, outputs):
    """Load the sample catalogue unless this very stack already holds this very sample."""
    digest = hashlib.sha256(outputs["user_pool_id"].encode())
    for file in sorted(path for path in FOLDER.rglob("*") if path.is_file() and "__pycache__" not in path.parts):
        digest.update(file.read_bytes())
    stamp = stack.path("catalogue.sha256")
    if stamp.is_file() and stamp.read_text() == digest.hexdigest():
        return
    with Step("sample catalogue"):
        run_import(stack, outputs)
        stamp.write_text(digest.hexdigest())


def run_import(stack, outputs, file=None):
    """Run the importer on a file, or on the sample."""
    token = stack.path("operator.token")
    token.touch(mode=0o600)
    token.write_text(sign_in(stack, outputs["user_pool_client_id"], "operator"))
    command = [str(python()), "-m", "souk_catalogue", "import", "--api", outputs["api_url"], "--token-file", str(token)]
    env = os.environ | {
        "PYTHONPATH": str(FOLDER), "PYTHONDONTWRITEBYTECODE": "1", "AWS_ENDPOINT_URL": stack.aws_endpoint,
        "AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": REGION}
    try:
        # The importer draws its own progress; its output must not mix with data on standard output.
        done = subprocess.run(command + ([str(file)] if file else []), env=env, stdout=2, stdin=subprocess.DEVNULL, check=False)
    finally:
        token.unlink(missing_ok=True)
    if done.returncode:
        raise Failure("the import failed: see its messages above; running it again goes on where it stopped")
