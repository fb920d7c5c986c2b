"""Compile the workspace's programs, and lay those of the functions where the templates look for them."""
import json
import os
import shutil
import subprocess
from pathlib import Path

from .console import Failure, Step
from .environment import only_one
from .stack import LAMBDA_FOLDER, ROOT

# The whole workspace is always selected, here and in ``phases``: cargo unites the features of what is
# selected, and another selection would compile the SDKs a second time.
COMMAND = ("cargo", "build", "--workspace", "--message-format=json-render-diagnostics")


def build():
    """Build functions, edge and gateway in one cargo call; {program name: path of its executable}."""
    functions = _binaries_below("functions")
    wanted = [argument for name in functions + _binaries_below("infra/local") for argument in ("--bin", name)]
    with Step("cargo build: functions, edge, gateway", pulse=60):
        # Cargo's own progress goes to the terminal; standard output carries its JSON.
        done = subprocess.run([*COMMAND, *wanted], cwd=ROOT, stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise Failure("the build failed: fix what cargo says above, then run the command again")
    messages = [json.loads(line) for line in done.stdout.splitlines()]
    programs = {message["target"]["name"]: message["executable"] for message in messages
                if message.get("reason") == "compiler-artifact" and message.get("executable")}
    with only_one("lambda"):
        _lay_functions({name: programs[name] for name in functions})
    return programs


def _binaries_below(folder):
    """The binaries of the workspace's packages below a folder."""
    done = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version=1"], cwd=ROOT, stdout=subprocess.PIPE,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Failure("cargo cannot read the workspace: see its message above")
    return [target["name"] for package in json.loads(done.stdout)["packages"]
            if (ROOT / folder) in Path(package["manifest_path"]).parents
            for target in package["targets"] if target["kind"] == ["bin"]]


def _lay_functions(programs):
    """Copy changed programs to ``target/lambda/<context>/bootstrap``, without symbols; drop those that are gone."""
    LAMBDA_FOLDER.mkdir(parents=True, exist_ok=True)
    changed = [name for name, path in programs.items() if _is_older(LAMBDA_FOLDER / name / "bootstrap", path)]
    for gone in {folder.name for folder in LAMBDA_FOLDER.iterdir() if folder.is_dir()} - set(programs):
        shutil.rmtree(LAMBDA_FOLDER / gone)
    if not changed:
        return
    with Step(f"{len(changed)} of {len(programs)} function programs changed"):
        for name in changed:
            _copy_stripped(programs[name], LAMBDA_FOLDER / name / "bootstrap")


def _is_older(copy, original):
    return not copy.exists() or copy.stat().st_mtime_ns != os.stat(original).st_mtime_ns


def _copy_stripped(original, copy):
    copy.parent.mkdir(exist_ok=True)
    draft = copy.with_name(".bootstrap.new")
    shutil.copyfile(original, draft)
    if shutil.which("strip"):
        subprocess.run(["strip", str(draft)], check=False, capture_output=True)
    draft.chmod(0o755)
    # The original's time marks the copy as its image; a running stack may hold the old file open.
    stat = os.stat(original)
    os.utime(draft, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    draft.replace(copy)
