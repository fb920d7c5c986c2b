"""Reading templates and packaging what they point at."""
import tempfile
import unittest
from pathlib import Path
from unittest import mock

from souk_local import audit, packaging, templates
from souk_local.console import Failure

TEMPLATE = """
AWSTemplateFormatVersion: 2010-09-09
Mappings:
  Routes:
    Get: {Key: GET /things}
Resources:
  DefaultRoute: {Type: AWS::ApiGatewayV2::Route, Properties: {RouteKey: $default}}
  Get:
    Type: AWS::Serverless::Function
    Properties:
      CodeUri: ../built/get/
      Environment: {Variables: {TABLE: !Ref Table, ARN: !GetAtt Table.Arn, URL: !Sub 'https://${Table}/'}}
  GetStream:
    Type: AWS::Lambda::EventSourceMapping
    Properties: {FunctionName: !Ref Get, EventSourceArn: !GetAtt Table.StreamArn}
  Child:
    Type: AWS::Serverless::Application
    Properties: {Location: child.yaml}
"""
CHILD = """
Resources:
  Machine: {Type: AWS::Serverless::StateMachine, Properties: {DefinitionUri: machine.json}}
"""


class Templates(unittest.TestCase):
    """A folder with a template, a nested one, a state machine and a built function."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory()
        self.addCleanup(folder.cleanup)
        self.root = Path(folder.name)
        for name, text in (("infra/template.yaml", TEMPLATE), ("infra/child.yaml", CHILD), ("infra/machine.json", "{}"),
                           ("built/get/bootstrap", "binary")):
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)
        self.template = self.root / "infra" / "template.yaml"
        cache = mock.patch.object(packaging, "ZIPS", self.root / "zips")
        cache.start()
        self.addCleanup(cache.stop)

    def packager(self):
        """A packager whose bucket is a dictionary."""
        self.bucket = {}
        out = packaging.Packager.__new__(packaging.Packager)
        out.stack, out.s3, out.present = mock.Mock(aws_endpoint="http://aws"), mock.Mock(), set()
        out.s3.put_object = lambda Bucket, Key, Body: self.bucket.__setitem__(Key, Body)
        return out

    def test_short_intrinsics_become_long_ones_and_dates_stay_text(self):
        template = templates.read(self.template)
        self.assertEqual(template["AWSTemplateFormatVersion"], "2010-09-09")
        variables = template["Resources"]["Get"]["Properties"]["Environment"]["Variables"]
        self.assertEqual(variables, {"TABLE": {"Ref": "Table"}, "ARN": {"Fn::GetAtt": ["Table", "Arn"]},
                                     "URL": {"Fn::Sub": "https://${Table}/"}})

    def test_everything_local_is_uploaded_under_the_hash_of_its_content(self):
        first = self.packager().package(self.template)
        keys = set(self.bucket)
        self.assertEqual({key.split("/")[0] for key in keys}, {"functions", "files", "templates"})
        self.assertEqual(self.packager().package(self.template), first)
        self.assertEqual(set(self.bucket), keys)
        (self.root / "built/get/bootstrap").write_text("another binary")
        self.assertNotEqual(self.packager().package(self.template), first)

    def test_a_zip_depends_on_content_alone(self):
        archive, _digest = packaging._zipped(self.root / "built" / "get")
        before = archive.read_bytes()
        archive.unlink()
        (self.root / "built/get/bootstrap").touch()
        self.assertEqual(packaging._zipped(self.root / "built" / "get")[0].read_bytes(), before)

    def test_a_function_without_its_binary_is_named(self):
        (self.root / "built/get/bootstrap").unlink()
        with self.assertRaisesRegex(Failure, "function Get .*built/get"):
            self.packager().package(self.template)

    def test_what_templates_declare_is_counted_with_nested_ones(self):
        declared = audit.Declared(self.template)
        self.assertEqual(dict(declared.routes), {"GET /things": 1, "$default": 1})
        self.assertEqual(dict(declared.sources), {"Get": 1})
        self.assertEqual(declared.machines, {"Machine"})


if __name__ == "__main__":
    unittest.main()
