"""Child processes that outlive the command that started them.

Each is recorded under ``run/<name>.json`` with its pid and start time, so that it is
only ever signalled while the pid still belongs to it; a stale file is just removed.
"""
import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import urllib.error
import urllib.request
from pathlib import Path

from .console import Failure

_started = {}   # pid -> Popen of this very command: reaped here, or it would linger as a zombie
_closed = set()   # homes of stacks that are being torn down: a thread that still prepares one must start nothing more
_starting = threading.Lock()


def _stat(pid):
    """(state, session, start time in ticks) of a process, None when there is none."""
    try:
        text = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    fields = text[text.rindex(")") + 2:].split()
    return fields[0], int(fields[3]), int(fields[19])


def _record(stack, name):
    try:
        return json.loads((stack.home / "run" / f"{name}.json").read_text())
    except (FileNotFoundError, ValueError):
        return None


def is_alive(stack, name):
    """Whether the recorded process still runs and really is the one that was started."""
    record = _record(stack, name)
    if not record:
        return False
    if record["pid"] in _started:
        _started[record["pid"]].poll()
    stat = _stat(record["pid"])
    return stat is not None and stat[0] != "Z" and stat[2] == record["start_time"]


def command_of(stack, name):
    """The command line the recorded process was started with."""
    return (_record(stack, name) or {}).get("command")


def start(stack, name, command, env, cwd=None, comes_last=False):
    """Start a detached child in a session of its own; its output goes to ``logs/<name>.log``.

    One that ``comes_last`` has what of the processors nobody else wants.
    """
    command = [str(part) for part in command]
    with _starting, open(stack.path("logs", f"{name}.log"), "ab") as log:
        if stack.home in _closed:
            raise Failure(f"{name} was not started: the stack is being torn down")
        child = subprocess.Popen(command, env=env, cwd=cwd, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                 start_new_session=True, preexec_fn=_come_last if comes_last else None)
        _started[child.pid] = child
        stat = _stat(child.pid)
        stack.path("run", f"{name}.json").write_text(json.dumps({
            "pid": child.pid, "start_time": stat[2] if stat else 0, "command": command}))


def _come_last():
    os.nice(19)
    with contextlib.suppress(OSError):
        # Where Linux shares a processor between sessions first, as it does on desktops, a process is nice to its own alone.
        Path("/proc/self/autogroup").write_text("19")


def wait(stack, name):
    """Wait until a process that this command started has ended; its exit status."""
    return _started[_record(stack, name)["pid"]].wait()


def wait_ready(stack, name, url, seconds):
    """Poll ``url`` until it answers with success; a child that dies meanwhile is a Failure."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not is_alive(stack, name):
            raise Failure(f"{name} ended right after its start: {_last_line(stack, name)} "
                          f"(see {stack.path('logs', name + '.log')})")
        try:
            with urllib.request.urlopen(url, timeout=2):
                return
        except (OSError, urllib.error.URLError):
            time.sleep(0.1)
    raise Failure(f"{name} did not answer at {url} within {seconds} s (see {stack.path('logs', name + '.log')})")


def _last_line(stack, name):
    lines = stack.path("logs", f"{name}.log").read_text(errors="replace").strip().splitlines()
    return lines[-1][:300] if lines else "it printed nothing"


def stop(stack, name, seconds=20):
    """End a recorded process and what is left of its session; does nothing to anybody else's."""
    record = _record(stack, name)
    if not record:
        return False
    was_alive = is_alive(stack, name)
    if was_alive:
        _end(record["pid"], lambda: is_alive(stack, name), seconds)
    for pid in _left_of_session(record["pid"], stack.home):
        _end(pid, lambda pid=pid: (_stat(pid) or "Z")[0] != "Z", 3)
    (stack.home / "run" / f"{name}.json").unlink(missing_ok=True)
    return was_alive


def close(stack):
    """From now on this command starts nothing for the stack; what it started before is ended by :func:`stop_all`."""
    with _starting:
        _closed.add(stack.home)


def stop_all(stack):
    """End every process the stack recorded; the names of those that were running."""
    names = [file.stem for file in sorted((stack.home / "run").glob("*.json"))]
    return [name for name in names if stop(stack, name)]


def _end(pid, is_running, seconds):
    for sign, patience in ((signal.SIGTERM, seconds), (signal.SIGKILL, 5)):
        try:
            os.kill(pid, sign)
        except ProcessLookupError:
            return
        deadline = time.monotonic() + patience
        while time.monotonic() < deadline:
            if not is_running():
                return
            time.sleep(0.05)


def _left_of_session(session, home):
    """Members of a session we began that outlived its leader, such as a killed emulator's functions.

    The number of a dead session may have been given to another program, so the process's own
    environment must name the stack's folder too.
    """
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit() and (stat := _stat(folder.name)) and stat[1] == session and stat[0] != "Z":
            try:
                if os.fsencode(home) in (folder / "environ").read_bytes():
                    yield int(folder.name)
            except (FileNotFoundError, PermissionError, ProcessLookupError):
                continue
