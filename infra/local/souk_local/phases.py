"""``make test``: every check and test, each phase by name and time, on a stack of its own."""
import json
import os
import shutil
import subprocess
import time

from . import answers, contract, deployment, environment, grants, prerequisites, processes, stack, templates, up
from .console import Failure, say
from .stack import ROOT

# A backtrace of the runtime's frames hides what a test has said.
QUIET = {"RUST_BACKTRACE": "0"}
# What runs beside the other phases, under this name among the test stack's processes.
SIMULATION = "simulation"
PYTHON_TESTS = (("infra/local/tests", "infra/local"), ("infra/catalogue/tests", "infra/catalogue"))


def run():
    """Run all phases; the first that fails ends the run. The stack is torn down whatever happens."""
    began = time.monotonic()
    prerequisites.check()
    test = stack.fresh_test()
    _tear_down()
    shutil.rmtree(test.home, ignore_errors=True)
    test.home.mkdir(parents=True)
    test.save()
    try:
        # Packages, the emulator and OpenSearch get ready while cargo is busy.
        preparing = up.prepare(test)
        _phase("format", _cargo("fmt", "--all", "--check"))
        _phase("lint", _cargo("clippy", "--workspace", "--all-targets", "--", "-D", "warnings"))
        _phase("documentation", _cargo("doc", "--workspace", "--no-deps", "--lib", RUSTDOCFLAGS="-D warnings"))
        _phase("spelling", lambda: _spelling(preparing[0]))
        _phase("licences and sources", _licences)
        _phase("unit and property tests", _cargo("test", "--no-fail-fast", "--workspace", "--lib"))
        _phase("template lint", lambda: _templates(preparing[0]))
        _phase("test programs", _cargo("test", "--no-run", "--workspace", "--test", "*"))
        _phase("test stack", lambda: up.up(test, sample=False, preparing=preparing))
        # It needs no stack and what of two cores the others leave: they mostly wait.
        processes.start(test, SIMULATION, ["cargo", "test", "--workspace", "--test", "simulation"],
                        os.environ | QUIET | {"SOUK_OUTPUTS": str(test.home / "outputs.json")}, cwd=ROOT, comes_last=True)
        for folder, path in PYTHON_TESTS:
            if (ROOT / folder).is_dir():
                _phase(f"tests of {path}", lambda folder=folder, path=path: _python_tests(folder, path))
        _phase("a second stack beside it", lambda: _python_tests("infra/local/stack_tests", "infra/local"))
        _phase("models, and programs beside the stack", _cargo("test", "--no-fail-fast", "--workspace", *_without_a_stack()))
        _phase("store, flow and race tests", _cargo(
            "test", "--no-fail-fast", "--workspace", "--test", "souk", "--",
            "--skip", "faults::", "--skip", "load::", "--skip", "keeping::", "--skip", "browsing::", "--skip", "traceless::",
            # Most of them wait for the stack most of the time.
            "--test-threads=4",
            SOUK_OUTPUTS=str(test.home / "outputs.json"), SOUK_PYTHON=str(environment.python()),
            SOUK_ANSWERS=str(answers.file(test))))
        _phase("schedules under faults", lambda: _schedules(test))
        # Alone on the stack: whatever is written meanwhile would be a trace.
        _phase("refused requests leave no trace", _cargo(
            "test", "--no-fail-fast", "--workspace", "--test", "souk", "--", "traceless::",
            SOUK_OUTPUTS=str(test.home / "outputs.json"), SOUK_ANSWERS=str(answers.file(test))))
        # Alone on the machine, on which it says what it bears.
        _phase("a crowd", _stories(test))
        _phase("browsing", _browsing(test))
        _phase("requests made from the description", lambda: contract.shortly(test))
        _phase("a client generated from the description", lambda: contract.buy(test))
        _phase("freshness and renames", _keeping(test))
        # By themselves: they end functions' processes, whoever is calling those.
        _phase("fault tests", _cargo(
            "test", "--no-fail-fast", "--workspace", "--test", "souk", "--", "faults::",
            SOUK_OUTPUTS=str(test.home / "outputs.json"), SOUK_ANSWERS=str(answers.file(test))))
        _phase("answers that all of these have seen", lambda: answers.report(test))
        if test.is_emulated_here:
            _phase("grants: what all of these did", lambda: say(f"   {grants.compare(test)}"))
    finally:
        ended = up.down(test)
        say(f"  test stack ended: {', '.join(ended) or 'nothing ran'}")
    say(f"\nall phases passed in {time.monotonic() - began:.0f} s")


def _schedules(test):
    failed = processes.wait(test, SIMULATION)
    say(test.path("logs", f"{SIMULATION}.log").read_text(errors="replace"))
    if failed:
        raise Failure("schedules failed: their messages are above")


def crowd(running):
    """Play shoppers' stories on a running stack, 1 to 128 at a time, and print what each request took."""
    _stories(running, SOUK_STORIES=os.environ.get("SOUK_STORIES", "240"),
             SOUK_AT_A_TIME=os.environ.get("SOUK_AT_A_TIME", "1,8,32,128"))()


def freshness(running):
    """Measure on a running stack how soon a product is found, and a rename of ten thousand is shown."""
    _keeping(running, SOUK_RENAMED=os.environ.get("SOUK_RENAMED", "10000"))()


def browse(running):
    """Ask a running stack for pages and searches by Zipf's law, and print what each costs."""
    _browsing(running, SOUK_REQUESTS=os.environ.get("SOUK_REQUESTS", "5000"))()


def permissions(running):
    """Ask each route of a running stack as each sort of caller, and print what they hear."""
    _cargo("test", "--workspace", "--test", "souk", "--", "flows::permissions::each_route", "--nocapture",
           SOUK_OUTPUTS=str(running.home / "outputs.json"))()


def _browsing(running, **sizes):
    return _cargo("test", "--no-fail-fast", "--workspace", "--test", "souk", "--", "browsing::", "--nocapture",
                  "--test-threads=1", SOUK_OUTPUTS=str(running.home / "outputs.json"), **sizes)


def _keeping(running, **sizes):
    return _cargo("test", "--no-fail-fast", "--workspace", "--test", "souk", "--", "keeping::", "--nocapture",
                  "--test-threads=1", SOUK_OUTPUTS=str(running.home / "outputs.json"), **sizes)


def _stories(running, **sizes):
    return _cargo("test", "--no-fail-fast", "--workspace", "--test", "souk", "--", "load::", "--nocapture",
                  SOUK_OUTPUTS=str(running.home / "outputs.json"), **sizes)


def _phase(name, work):
    say(f"\n── {name}")
    began = time.monotonic()
    work()
    say(f"── {name}: passed ({time.monotonic() - began:.1f} s)")


def _without_a_stack():
    """Test programs that need no stack but the schedules: cargo's names for them."""
    told = subprocess.run(["cargo", "metadata", "--no-deps", "--format-version", "1"], cwd=ROOT, check=True,
                          stdin=subprocess.DEVNULL, capture_output=True, text=True).stdout
    targets = [target for package in json.loads(told)["packages"] for target in package["targets"]]
    names = {target["name"] for target in targets if "test" in target["kind"]} - {"souk", SIMULATION}
    return [argument for name in sorted(names) for argument in ("--test", name)]


def _cargo(*arguments, **env):
    def work():
        # Test runners' closing lines belong on standard output, where CI looks for them.
        quiet = os.environ | QUIET | env
        done = subprocess.run(["cargo", *arguments], cwd=ROOT, env=quiet, stdin=subprocess.DEVNULL, check=False)
        if done.returncode:
            raise Failure(f"cargo {' '.join(arguments)} failed: its messages are above")
    return work


def _spelling(environment_ready):
    environment_ready.result()
    done = subprocess.run([str(environment.VENV / "bin" / "typos")], cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Failure("typos found the misspellings above; what is none goes to typos.toml")


def _licences():
    if not shutil.which("cargo-deny"):
        # Building it takes minutes, which a first run should not.
        say("   not checked: cargo install --locked cargo-deny brings what does")
        return
    _cargo("deny", "--locked", "check", "bans", "licenses", "sources")()


def _templates(environment_ready):
    environment_ready.result()
    environment.activate()
    # What limits addresses is deployed by itself.
    trees = [templates.tree(deployment.TEMPLATE), templates.tree(ROOT / "infra" / "firewall.yaml")]
    files = sorted({str(path) for tree in trees for path, _template in tree})
    done = subprocess.run([str(environment.VENV / "bin" / "cfn-lint"), "--regions", stack.REGION, "--", *files],
                          cwd=ROOT, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Failure("cfn-lint found the mistakes above")
    from launcher.asl_check import problems
    for machine in sorted((ROOT / "statemachines").glob("*.asl.json")):
        if found := problems(machine.read_text()):
            raise Failure(f"{machine.name}: {'; '.join(found)}")


def _python_tests(folder, path):
    done = subprocess.run([str(environment.python()), "-m", "unittest", "discover", "-s", folder], cwd=ROOT,
                          env=os.environ | {"PYTHONPATH": path}, stdin=subprocess.DEVNULL, check=False)
    if done.returncode:
        raise Failure(f"tests in {folder} failed")


def _tear_down():
    """A test run that was killed outright may have left its stack."""
    left = stack.existing("test")
    if left:
        processes.stop_all(left)
