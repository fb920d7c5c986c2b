"""A second stack beside the running one, in one account and region; and what is left of it when it is deleted.

``SOUK_STACK`` names the running one, ``test`` where it is not set.
"""
import dataclasses
import os
import unittest

from souk_local import audit, deployment, mails, stack, stored_secrets
from souk_local.aws import client, pages

ITEM = {"owner": {"S": "user#somebody"}}
# Named within something of the stack's own: an API, a pool, a group of schedules, a search domain.
WITHIN = ("AWS::ApiGatewayV2::Stage", "AWS::Cognito::UserPoolGroup", "AWS::Scheduler::Schedule", "Custom::SearchIndex")


class SecondStack(unittest.TestCase):
    """Deployed and deleted once, step by step."""

    @classmethod
    def setUpClass(cls):
        cls.first = stack.existing(os.environ.get("SOUK_STACK", "test"))
        cls.second = dataclasses.replace(cls.first, name="second", home=cls.first.home / "second")
        cls.second.path("stack.json")
        deployment.deploy(cls.second, {
            "OpenSearchEndpoint": cls.first.url("opensearch"), "GatewayUrl": cls.first.url("gateway"),
            "GatewaySecret": stored_secrets.gateway(cls.second),
            "EdgeSecret": stored_secrets.edge(cls.second), "StaffMfa": "optional", "JwksBaseUrl": cls.first.aws_endpoint,
            "MailFrom": mails.SENDER, "MailIdentity": mails.IDENTITY, "ShopUrl": cls.first.url("edge"),
            "KeepData": "true", **cls.first.parameters})
        cls.resources = list(deployment.all_resources(cls.second))

    def of_type(self, kind):
        """Physical names of the second stack's resources of a type."""
        return [resource["PhysicalResourceId"] for resource in self.resources if resource["ResourceType"] == kind]

    def aws(self, service):
        """A client of the account that both stacks are in."""
        return client(self.first, service)

    def test_they_share_nothing_and_data_outlives_its_stack(self):
        audit.audit(self.second)
        names = [{(r["ResourceType"], r["PhysicalResourceId"]) for r in resources if r["ResourceType"] not in WITHIN}
                 for resources in (deployment.all_resources(self.first), self.resources)]
        self.assertEqual(names[0] & names[1], set())
        schedules = [(schedule["GroupName"], schedule["Name"]) for page in pages(self.first, "scheduler", "list_schedules")
                     for schedule in page["Schedules"]]
        self.assertEqual(len(schedules), 2 * len(self.of_type("AWS::Scheduler::Schedule")))

        carts, = (name for name in self.of_type("AWS::DynamoDB::Table") if "Carts" in name)
        pool, = self.of_type("AWS::Cognito::UserPool")
        buckets = self.of_type("AWS::S3::Bucket")
        self.assertEqual(len(buckets), 2, "pictures, and what was set aside")
        self.aws("dynamodb").put_item(TableName=carts, Item=ITEM)
        self.aws("cognito-idp").admin_create_user(UserPoolId=pool, Username="somebody@souk.test", MessageAction="SUPPRESS")
        for bucket in buckets:
            self.aws("s3").put_object(Bucket=bucket, Key="images/a", Body=b"a")
        with self.assertRaisesRegex(self.aws("dynamodb").exceptions.ClientError, "protected against deletion"):
            self.aws("dynamodb").delete_table(TableName=carts)

        deployment.delete(self.second)
        self.addCleanup(self.throw_away)
        self.assertEqual(self.aws("dynamodb").get_item(TableName=carts, Key=ITEM)["Item"], ITEM)
        self.assertTrue(self.aws("cognito-idp").list_users(UserPoolId=pool)["Users"])
        for bucket in buckets:
            self.assertEqual(self.aws("s3").get_object(Bucket=bucket, Key="images/a")["Body"].read(), b"a")
        tables = {name for page in pages(self.first, "dynamodb", "list_tables") for name in page["TableNames"]}
        self.assertLessEqual(set(self.of_type("AWS::DynamoDB::Table")), tables)
        functions = {function["FunctionName"] for page in pages(self.first, "lambda", "list_functions")
                     for function in page["Functions"]}
        self.assertEqual(functions & set(self.of_type("AWS::Lambda::Function")), set())
        self.assertTrue(deployment.describe(self.first))

    def throw_away(self):
        """What DEPLOY.md says of a stack whose data nobody wants any more."""
        for table in self.of_type("AWS::DynamoDB::Table"):
            self.aws("dynamodb").update_table(TableName=table, DeletionProtectionEnabled=False)
            self.aws("dynamodb").delete_table(TableName=table)


if __name__ == "__main__":
    unittest.main()
