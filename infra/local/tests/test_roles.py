"""Roles as on AWS: what they allow, what limits them, and what they were used for."""
import json
import unittest
import urllib.error
import urllib.request

import boto3
from botocore.exceptions import ClientError
from emulated import Emulated, poll
from launcher.role_operations import role_of

TRUST = {"Version": "2012-10-17", "Statement": [{
    "Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}]}


def policy(*actions, resource="*"):
    """A document with one statement."""
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": list(actions), "Resource": resource}]}


class Roles(Emulated):
    """One emulator for all the tests."""

    def deployed(self, name, role):
        """Deploy a stack with a role, two queues and a boundary that allows to send only; its outputs."""
        template = {"Resources": {
            "Queue": {"Type": "AWS::SQS::Queue"}, "Other": {"Type": "AWS::SQS::Queue"},
            "Boundary": {"Type": "AWS::IAM::ManagedPolicy", "Properties": {"PolicyDocument": policy("sqs:SendMessage")}},
            "Role": {"Type": "AWS::IAM::Role", "Properties": {"AssumeRolePolicyDocument": TRUST, **role}}},
            "Outputs": {key: {"Value": {"Ref": key}} for key in ("Queue", "Other", "Role")}}
        cloudformation = self.aws("cloudformation")
        cloudformation.create_stack(StackName=name, TemplateBody=json.dumps(template), Capabilities=["CAPABILITY_IAM"])
        found = poll(lambda: [stack for stack in cloudformation.describe_stacks(StackName=name)["Stacks"]
                              if stack["StackStatus"] == "CREATE_COMPLETE"])[0]
        return {out["OutputKey"]: out["OutputValue"] for out in found["Outputs"]}

    def queues_of(self, role):
        """A client of the queues that acts as this role."""
        return self.client_of(role, "sqs")

    def client_of(self, role, service):
        """A client that acts as this role."""
        session = self.aws("sts").assume_role(RoleArn=f"arn:aws:iam::000000000000:role/{role}", RoleSessionName="test")
        keys = session["Credentials"]
        return boto3.client(service, endpoint_url=self.stack.aws_endpoint, region_name="us-east-1",
                            aws_access_key_id=keys["AccessKeyId"], aws_secret_access_key=keys["SecretAccessKey"],
                            aws_session_token=keys["SessionToken"])

    def test_the_permission_of_the_single_call_covers_the_batch(self):
        out = self.deployed("batches", {"Policies": [{"PolicyName": "p", "PolicyDocument": policy(
            "sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility",
            resource={"Fn::GetAtt": ["Queue", "Arn"]})}]})
        queues, queue = self.queues_of(out["Role"]), {"QueueUrl": out["Queue"]}
        sent = queues.send_message_batch(**queue, Entries=[{"Id": "a", "MessageBody": "one"}])
        self.assertEqual(len(sent["Successful"]), 1)
        handle = poll(lambda: queues.receive_message(**queue).get("Messages"))[0]["ReceiptHandle"]
        queues.change_message_visibility_batch(
            **queue, Entries=[{"Id": "a", "ReceiptHandle": handle, "VisibilityTimeout": 30}])
        queues.delete_message_batch(**queue, Entries=[{"Id": "a", "ReceiptHandle": handle}])
        with self.assertRaisesRegex(ClientError, "AccessDenied"):
            queues.send_message_batch(QueueUrl=out["Other"], Entries=[{"Id": "a", "MessageBody": "one"}])
        noted = json.loads((self.home / "role-operations.json").read_text())[out["Role"]]
        arns = [f"arn:aws:sqs:us-east-1:000000000000:{out[name].rsplit('/', 1)[1]}" for name in ("Queue", "Other")]
        self.assertEqual(noted["sqs:SendMessage"], arns)
        self.assertEqual(set(noted), {"sqs:SendMessage", "sqs:ReceiveMessage", "sqs:DeleteMessage",
                                      "sqs:ChangeMessageVisibility"})

    def test_a_boundary_limits_what_policies_allow(self):
        out = self.deployed("bounded", {"PermissionsBoundary": {"Ref": "Boundary"}, "Policies": [
            {"PolicyName": "p", "PolicyDocument": policy("sqs:SendMessage", "sqs:ReceiveMessage")}]})
        queues = self.queues_of(out["Role"])
        queues.send_message(QueueUrl=out["Queue"], MessageBody="one")
        with self.assertRaisesRegex(ClientError, "AccessDenied"):
            queues.receive_message(QueueUrl=out["Queue"])

    def test_mail_is_sent_on_behalf_of_the_identity_that_a_role_is_granted(self):
        for identity in ("own.test", "other.test"):
            self.aws("sesv2").create_email_identity(EmailIdentity=identity)
        out = self.deployed("mailing", {"Policies": [{"PolicyName": "p", "PolicyDocument": policy(
            "ses:SendEmail", resource="arn:aws:ses:us-east-1:000000000000:identity/own.test")}]})
        mailer, part = self.client_of(out["Role"], "sesv2"), {"Data": "text"}
        mail = {"Destination": {"ToAddresses": ["a@b.test"]},
                "Content": {"Simple": {"Subject": part, "Body": {"Text": part}}}}
        mailer.send_email(FromEmailAddress="orders@own.test", **mail)
        with self.assertRaisesRegex(ClientError, "AccessDenied"):
            mailer.send_email(FromEmailAddress="orders@other.test", **mail)

    def test_a_distribution_reads_what_the_bucket_lets_cloudfront_read(self):
        s3, distributions = self.aws("s3"), []
        for bucket in ("open", "other"):
            s3.create_bucket(Bucket=f"{bucket}-pictures")
            s3.put_object(Bucket=f"{bucket}-pictures", Key="images/a", Body=b"a")
            made = self.aws("cloudfront").create_distribution(DistributionConfig={
                "CallerReference": bucket, "Comment": "", "Enabled": True,
                "Origins": {"Quantity": 1, "Items": [{"Id": "o", "DomainName": f"{bucket}-pictures.s3.us-east-1.amazonaws.com"}]},
                "DefaultCacheBehavior": {"TargetOriginId": "o", "ViewerProtocolPolicy": "https-only"}})
            distributions.append(made["Distribution"]["ARN"])
        for bucket in ("open", "other"):    # both name the first distribution
            s3.put_bucket_policy(Bucket=f"{bucket}-pictures", Policy=json.dumps({"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Principal": {"Service": "cloudfront.amazonaws.com"}, "Action": "s3:GetObject",
                "Resource": f"arn:aws:s3:::{bucket}-pictures/images/*",
                "Condition": {"StringEquals": {"AWS:SourceArn": distributions[0]}}}]}))

        def status(bucket, agent, key="a"):
            request = urllib.request.Request(f"{self.stack.aws_endpoint}/{bucket}/images/{key}", headers={"User-Agent": agent})
            try:
                with urllib.request.urlopen(request, timeout=10) as answer:
                    return answer.status
            except urllib.error.HTTPError as error:
                return error.code
        self.assertEqual(status("open-pictures", "Amazon CloudFront"), 200)
        self.assertEqual(status("open-pictures", "anybody"), 403)
        self.assertEqual(status("open-pictures", "Amazon CloudFront", "missing"), 403)
        self.assertEqual(status("other-pictures", "Amazon CloudFront"), 403)

    def test_only_a_role_is_noted(self):
        self.assertEqual(role_of("arn:aws:sts::000000000000:assumed-role/name/session"), "name")
        self.assertIsNone(role_of("arn:aws:iam::000000000000:user/name"))


if __name__ == "__main__":
    unittest.main()
