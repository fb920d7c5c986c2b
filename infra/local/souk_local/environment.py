"""The virtual environment with everything Python that the stack needs, made once per set of requirements."""
import fcntl
import hashlib
import shutil
import site
import subprocess
import sys
import sysconfig
from contextlib import contextmanager
from pathlib import Path

from .console import Failure, Step
from .stack import HOME, ROOT

VENV = HOME / "venv"
REQUIREMENTS = ROOT / "infra" / "local" / "requirements.txt"


@contextmanager
def only_one(name):
    """Hold a lock between commands, so that a demo and a test run do not install into one folder at once."""
    HOME.mkdir(parents=True, exist_ok=True)
    with open(HOME / f".{name}.lock", "w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def python():
    """The environment's interpreter."""
    return VENV / "bin" / "python"


def ensure():
    """Make the environment unless it already holds these requirements."""
    wanted = hashlib.sha256(REQUIREMENTS.read_bytes() + sys.version.encode()).hexdigest()
    stamp = VENV / "requirements.sha256"
    with only_one("venv"):
        if stamp.is_file() and stamp.read_text() == wanted and python().exists():
            return
        with Step("Python packages (once)"):
            shutil.rmtree(VENV, ignore_errors=True)
            _run([sys.executable, "-m", "venv", str(VENV)])
            _run([str(python()), "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
                  "-r", str(REQUIREMENTS)])
            stamp.write_text(wanted)


def activate():
    """Let this very process import what the environment holds; it was made by the same interpreter."""
    site.addsitedir(sysconfig.get_path("purelib", vars={"base": str(VENV)}))


def _run(command):
    done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise Failure(f"{Path(command[0]).name} {' '.join(command[1:4])} failed: {lines[-1] if lines else 'no message'}")
