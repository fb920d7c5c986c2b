"""OpenSearch: the official distribution from Maven Central, on 127.0.0.1, without the security plugin."""
import grp
import hashlib
import os
import pwd
import shutil
import stat
import subprocess
import zipfile
from pathlib import Path

from . import processes
from .console import Failure, Step
from .environment import only_one
from .prerequisites import java_home
from .stack import HOME, free_port

VERSION = "3.6.0"
SHA256 = "a91faa1dc1cadc78cb278b4f63847e19e1627a4e9de698e14e7efc14ee37b286"
ARTIFACT = f"org.opensearch.distribution.integ-test-zip:opensearch:{VERSION}:zip"
COPY_GOAL = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy"
INSTALL = HOME / f"opensearch-{VERSION}"
HEAP = "768m"
# Modules that a catalogue search has no use for; without them it starts in half the time.
UNUSED_MODULES = ("cache-common", "geo", "ingest-geoip", "ingest-user-agent", "lang-mustache", "opensearch-dashboards",
                  "percolator", "rank-eval", "repository-url", "rule-framework", "store-subdirectory", "transport-grpc")

SETTINGS = """\
cluster.name: souk-{name}
node.name: souk-{name}
path.data: {run}/data
path.logs: {run}/logs
network.host: 127.0.0.1
http.port: {port}
transport.port: {transport}
discovery.type: single-node
action.auto_create_index: false
cluster.routing.allocation.disk.threshold_enabled: false
"""
# The distribution's own file writes its collector log into the install folder, which the process cannot.
JVM_OPTIONS = """\
-Xms{heap}
-Xmx{heap}
-XX:+UseSerialGC
-XX:-AlwaysPreTouch
-XX:TieredStopAtLevel=1
-Djava.io.tmpdir=${{OPENSEARCH_TMPDIR}}
-XX:ErrorFile={run}/logs/hs_err_pid%p.log
--add-modules=jdk.incubator.vector
-javaagent:agent/opensearch-agent.jar
-Dorg.apache.lucene.store.MMapDirectory.sharedArenaMaxPermits=1
25-:-XX:+UseCompactObjectHeaders
"""


def install():
    """Fetch, verify and unpack the distribution once; all stacks share it."""
    with only_one("opensearch"):
        if (INSTALL / "bin" / "opensearch").exists():
            return
        with Step(f"OpenSearch {VERSION} (162 MB, once)"):
            archive = HOME / f"opensearch-{VERSION}.zip"
            done = subprocess.run(["mvn", "-q", "-B", COPY_GOAL, f"-Dartifact={ARTIFACT}", f"-DoutputDirectory={HOME}",
                                   "-Dmdep.useBaseVersion=true"], capture_output=True, text=True,
                                  stdin=subprocess.DEVNULL, cwd=HOME, check=False)
            if done.returncode:
                lines = (done.stdout + done.stderr).strip().splitlines()
                raise Failure(f"Maven could not fetch OpenSearch: {lines[0] if lines else 'no message'}")
            with open(archive, "rb") as stream:
                digest = hashlib.file_digest(stream, "sha256").hexdigest()
            if digest != SHA256:
                archive.unlink()
                raise Failure(f"{archive.name} has checksum {digest}, not the expected one: "
                              "clear it from Maven's repository (~/.m2) and run the command again")
            _unpack(archive)
            archive.unlink()


def _unpack(archive):
    draft = HOME / ".opensearch.new"
    shutil.rmtree(draft, ignore_errors=True)
    with zipfile.ZipFile(archive) as source:
        for entry in source.infolist():
            written = Path(source.extract(entry, draft))
            # Readable to the user that OpenSearch runs as, whatever this shell's umask is.
            mode = entry.external_attr >> 16
            written.chmod(0o755 if written.is_dir() or mode & stat.S_IXUSR else 0o644)
    for module in UNUSED_MODULES:
        shutil.rmtree(draft / f"opensearch-{VERSION}" / "modules" / module, ignore_errors=True)
    for folder in [draft / f"opensearch-{VERSION}", *(draft / f"opensearch-{VERSION}").rglob("*")]:
        if folder.is_dir():
            folder.chmod(0o755)
    (draft / f"opensearch-{VERSION}").replace(INSTALL)
    draft.rmdir()


def start(stack, keep_data):
    """Start OpenSearch unless it runs; wait until it answers. Without ``keep_data`` it begins empty."""
    run = stack.home / "opensearch"
    if processes.is_alive(stack, "opensearch"):
        if keep_data:
            return
        processes.stop(stack, "opensearch", seconds=30)
    if not keep_data:
        shutil.rmtree(run, ignore_errors=True)
    with Step(f"OpenSearch on port {stack.ports['opensearch']}"):
        _configure(stack, run)
        env = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG", "LC_ALL", "TZ")} | {
            "OPENSEARCH_JAVA_HOME": java_home(), "OPENSEARCH_PATH_CONF": str(run / "config"),
            "OPENSEARCH_TMPDIR": str(run / "tmp"), "HOME": str(run)}
        processes.start(stack, "opensearch", [*_as_other_user(run), str(INSTALL / "bin" / "opensearch")], env, cwd=run)
        health = stack.url("opensearch") + "/_cluster/health?wait_for_status=yellow&timeout=1s"
        processes.wait_ready(stack, "opensearch", health, 120)


def _configure(stack, run):
    for folder in ("config", "data", "logs", "tmp"):
        (run / folder).mkdir(parents=True, exist_ok=True)
    shutil.copyfile(INSTALL / "config" / "log4j2.properties", run / "config" / "log4j2.properties")
    (run / "config" / "opensearch.yml").write_text(SETTINGS.format(
        name=stack.name, run=run, port=stack.ports["opensearch"], transport=free_port()))
    (run / "config" / "jvm.options").write_text(JVM_OPTIONS.format(heap=HEAP, run=run))


def _as_other_user(run):
    """The prefix that drops root, which OpenSearch refuses to run as; nothing for an ordinary user."""
    if os.geteuid() != 0:
        return []
    nobody = pwd.getpwnam("nobody")
    group = grp.getgrgid(nobody.pw_gid).gr_name
    for path in [run, *run.rglob("*")]:
        os.chown(path, nobody.pw_uid, nobody.pw_gid)
    prefix = ["setpriv", "--reuid=nobody", f"--regid={group}", "--clear-groups"]
    program = str(INSTALL / "bin" / "opensearch")
    if _can_read(prefix, program, run):
        return prefix
    # The project may lie under a private folder (mktemp -d makes one): let the process pass through it, by that
    # one capability. The secure bit makes access(2), which Java asks, count it.
    through = [*prefix, "--securebits=+no_setuid_fixup", "--inh-caps=-all,+dac_read_search",
               "--ambient-caps=+dac_read_search", "--bounding-set=-all,+dac_read_search"]
    if _can_read(through, program, run):
        return through
    raise Failure(f"OpenSearch cannot run as root, and user nobody cannot enter {HOME}: "
                  "move the project out of the private folder, set SOUK_HOME to a public one, or run make as an ordinary user")


def _can_read(prefix, program, run):
    return subprocess.run([*prefix, "test", "-x", program, "-a", "-r", str(run / "config" / "opensearch.yml")],
                          capture_output=True, check=False).returncode == 0
