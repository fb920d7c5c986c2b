"""What has to be on the machine before anything starts; each lack is one line that says what to do."""
import os
import re
import shutil
import socket
import subprocess
import sys
from pathlib import Path

from .console import Failure
from .processes import is_alive
from .stack import port_variable

JDK_MINIMUM = 21
TOOLS = {
    "cargo": "install Rust (rustup), it brings cargo",
    "cc": "install a C compiler (Debian: apt-get install build-essential); Rust links with it",
    "mvn": "install Maven (Debian: apt-get install maven); it fetches OpenSearch",
}


def check():
    """Everything but the ports."""
    if sys.version_info < (3, 11):
        raise Failure(f"Python {sys.version.split()[0]} is too old: run make with PYTHON=<a Python of 3.11 or newer>")
    for tool, advice in TOOLS.items():
        if not shutil.which(tool):
            raise Failure(f"{tool} is missing: {advice}")
    if os.geteuid() == 0 and not shutil.which("setpriv"):
        raise Failure("setpriv is missing: install util-linux, or run make as an ordinary user; "
                      "OpenSearch refuses to run as root")
    try:
        import ensurepip  # noqa: F401  (the venv module is useless without it)
    except ImportError:
        raise Failure("Python's venv module cannot install pip: install it (Debian: apt-get install python3-venv)") from None
    java_home()


def java_home():
    """The first JDK that is new enough, of those named by the environment and those installed."""
    named = [os.environ.get("OPENSEARCH_JAVA_HOME"), os.environ.get("JAVA_HOME")]
    on_path = shutil.which("java")
    if on_path:
        named.append(str(Path(on_path).resolve().parents[1]))
    installed = sorted(str(path) for folder in ("/usr/lib/jvm", "/opt") for path in Path(folder).glob("*"))
    for home in filter(None, named + installed):
        if (Path(home) / "bin" / "java").is_file() and _java_version(home) >= JDK_MINIMUM:
            return home
    raise Failure(f"no JDK of version {JDK_MINIMUM} or newer was found: install one "
                  "(Debian: apt-get install openjdk-21-jdk-headless, or temurin), or set OPENSEARCH_JAVA_HOME to its folder")


def _java_version(home):
    # The release file answers without starting a JVM; some packagings lack it.
    release = Path(home) / "release"
    text = release.read_text(errors="replace") if release.is_file() else subprocess.run(
        [str(Path(home) / "bin" / "java"), "-version"], capture_output=True, text=True, check=False).stderr
    found = re.search(r'(?:JAVA_VERSION="|version ")(\d+)', text)
    return int(found.group(1)) if found else 0


def check_ports(stack):
    """Every port is free, or held by the stack's own running process."""
    for service, port in stack.ports.items():
        if is_alive(stack, service) or (service == "emulator" and not stack.is_emulated_here):
            continue
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                raise Failure(f"port {port} is taken by another program and the {service} needs it: "
                              f"stop that program, or set {port_variable(service)} to a free port") from None
