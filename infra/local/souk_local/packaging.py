"""Upload what a template points at, as ``sam package`` does: code, state machines, nested templates.

Every object's key is the hash of its content, so an unchanged one is neither zipped nor
sent again, and a nested stack whose template did not change keeps its URL.
"""
import hashlib
import json
import os
import zipfile
from concurrent.futures import ThreadPoolExecutor

from .aws import client
from .console import Failure
from .stack import HOME
from .templates import is_local, nests, read, resources

BUCKET = "souk-artifacts"
ZIPS = HOME / "zips"
EPOCH = (1980, 1, 1, 0, 0, 0)    # a zip must depend on nothing but its content


class Packager:
    """Packages one root template for one stack."""

    def __init__(self, stack):
        self.stack, self.s3 = stack, client(stack, "s3")
        self._ensure_bucket()
        self.present = {item["Key"] for page in self.s3.get_paginator("list_objects_v2").paginate(Bucket=BUCKET)
                        for item in page.get("Contents", [])}

    def package(self, path):
        """Upload the template at ``path`` with all it refers to; its URL."""
        body = json.dumps(self._resolved(path), sort_keys=True).encode()
        key = f"templates/{path.stem}-{hashlib.sha256(body).hexdigest()[:16]}.json"
        self._put(key, body)
        return f"{self.stack.aws_endpoint}/{BUCKET}/{key}"

    def _resolved(self, path):
        if not path.is_file():
            raise Failure(f"the template {path} does not exist")
        template = read(path)
        functions = [(name, props) for name, props in resources(template, "AWS::Serverless::Function")
                     if is_local(props.get("CodeUri"))]
        # Many functions are of one program, which is zipped and uploaded once.
        programs = {props["CodeUri"]: name for name, props in functions}
        with ThreadPoolExecutor(2) as pool:
            keys = dict(zip(programs, pool.map(lambda uri: self._code(path, programs[uri], uri), programs)))
        for _name, props in functions:
            props["CodeUri"] = {"Bucket": BUCKET, "Key": keys[props["CodeUri"]]}
        for _name, props in resources(template, "AWS::Serverless::StateMachine"):
            if is_local(props.get("DefinitionUri")):
                props["DefinitionUri"] = {"Bucket": BUCKET, "Key": self._file(path.parent / props["DefinitionUri"])}
        for _name, props, field in nests(template):
            props[field] = self.package(path.parent / props[field])
        return template

    def _code(self, path, name, uri):
        folder = (path.parent / uri).resolve()
        if not folder.is_dir() or not any(folder.iterdir()):
            raise Failure(f"{path.name}: function {name} has CodeUri {uri}, which no built program fills: "
                          "its last part must be the name of a folder of functions/")
        archive, digest = _zipped(folder)
        key = f"functions/{folder.name}-{digest}.zip"
        if key not in self.present:
            self._put(key, archive.read_bytes())
        return key

    def _file(self, path):
        body = path.read_bytes()
        key = f"files/{path.name}-{hashlib.sha256(body).hexdigest()[:16]}"
        self._put(key, body)
        return key

    def _put(self, key, body):
        if key not in self.present:
            self.s3.put_object(Bucket=BUCKET, Key=key, Body=body)
            self.present.add(key)

    def _ensure_bucket(self):
        if BUCKET not in {bucket["Name"] for bucket in self.s3.list_buckets()["Buckets"]}:
            self.s3.create_bucket(Bucket=BUCKET)


def _zipped(folder):
    """The zip of a folder, made once per content; (path, digest)."""
    files = sorted(file for file in folder.rglob("*") if file.is_file())
    digest = hashlib.sha256()
    for file in files:
        digest.update(f"{file.relative_to(folder)}\0{file.stat().st_size}\0".encode())
        digest.update(file.read_bytes())
    name = digest.hexdigest()[:16]
    archive = ZIPS / f"{folder.name}-{name}.zip"
    if not archive.exists():
        ZIPS.mkdir(parents=True, exist_ok=True)
        for outdated in ZIPS.glob(f"{folder.name}-????????????????.zip"):
            outdated.unlink(missing_ok=True)
        draft = archive.with_suffix(f".{os.getpid()}.new")   # a test run may be zipping the same at this moment
        with zipfile.ZipFile(draft, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as out:
            for file in files:
                entry = zipfile.ZipInfo(str(file.relative_to(folder)), EPOCH)
                entry.external_attr, entry.compress_type = 0o755 << 16, zipfile.ZIP_DEFLATED
                out.writestr(entry, file.read_bytes())
        draft.replace(archive)
    return archive, name
