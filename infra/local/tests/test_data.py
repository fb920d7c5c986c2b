"""No stack operation takes data away, except where a stack was made to be thrown away."""
import unittest

from expanded import Expanded
from launcher import cfn_event_schemas

# What holds data that nothing can make again, and the property that protects it, with and without data to keep.
STATEFUL = {
    "AWS::DynamoDB::Table": ("DeletionProtectionEnabled", "true", "false"),
    "AWS::Cognito::UserPool": ("DeletionProtection", "ACTIVE", "INACTIVE"),
    "AWS::S3::Bucket": ("VersioningConfiguration", {"Status": "Enabled"}, {"Status": "Enabled"}),
    "AWS::OpenSearchService::Domain": None,
    "AWS::SecretsManager::Secret": None,
}
# The others: what they hold is made by a deployment, kept elsewhere too, or meant to pass.
STATELESS = {
    "AWS::ApiGatewayV2::Api", "AWS::ApiGatewayV2::Authorizer", "AWS::ApiGatewayV2::Integration", "AWS::ApiGatewayV2::Route",
    "AWS::ApiGatewayV2::Stage", "AWS::CloudFormation::Stack", "AWS::CloudFront::CachePolicy",
    "AWS::CloudFront::Distribution", "AWS::CloudFront::OriginAccessControl", "AWS::CloudFront::ResponseHeadersPolicy",
    "AWS::CloudWatch::Alarm",
    "AWS::CloudWatch::Dashboard", "AWS::Cognito::UserPoolClient", "AWS::Cognito::UserPoolGroup", "AWS::Events::Archive",
    "AWS::EventSchemas::Registry", "AWS::EventSchemas::Schema",
    "AWS::Events::EventBus", "AWS::Events::Rule", "AWS::IAM::ManagedPolicy", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::Lambda::EventSourceMapping",
    "AWS::Lambda::Function", "AWS::Lambda::Permission", "AWS::Logs::LogGroup", "AWS::S3::BucketPolicy",
    "AWS::SES::ConfigurationSet", "AWS::SES::ConfigurationSetEventDestination", "AWS::SNS::Subscription",
    "AWS::SNS::Topic", "AWS::SQS::Queue", "AWS::SQS::QueuePolicy", "AWS::Scheduler::Schedule", "AWS::Scheduler::ScheduleGroup",
    "AWS::StepFunctions::StateMachine", "Custom::SearchIndex",
}


def resources(keep):
    """(name, type, the whole resource filled in) of all templates, with ``KeepData`` at this value."""
    for part in Expanded("template", {"KeepData": keep, "OpenSearchEndpoint": ""}).parts:
        for logical_id, resource in part.resources.items():
            yield f"{part.name}: {logical_id}", resource["Type"], part.filled(resource)


class Data(unittest.TestCase):
    """Every resource of every template."""

    def test_whatever_holds_data_is_kept_and_protected(self):
        for name, kind, resource in resources("true"):
            if kind in STATEFUL:
                policies = (resource.get("DeletionPolicy"), resource.get("UpdateReplacePolicy"))
                self.assertEqual(policies, ("RetainExceptOnCreate", "Retain"), name)
                if STATEFUL[kind]:
                    protection, on, _off = STATEFUL[kind]
                    self.assertEqual(resource["Properties"].get(protection), on, name)

    def test_a_stack_that_is_thrown_away_leaves_nothing(self):
        for name, kind, resource in resources("false"):
            for policy in ("DeletionPolicy", "UpdateReplacePolicy"):
                self.assertEqual(resource.get(policy, "Delete"), "Delete", name)
            if STATEFUL.get(kind):
                protection, _on, off = STATEFUL[kind]
                self.assertEqual(resource["Properties"].get(protection), off, name)

    def test_what_is_registered_of_events_is_what_the_registry_takes(self):
        kept = [props for _name, kind, resource in resources("true") if kind.startswith("AWS::EventSchemas::")
                for props in [resource["Properties"]]]
        self.assertGreater(len(kept), 20)
        self.assertEqual([cfn_event_schemas.problem(props) for props in kept if "Content" in props], [None] * (len(kept) - 1))
        good = next(props for props in kept if "Content" in props)
        for wrong in ({"SchemaName": "a b"}, {"Type": "OpenApi3"}, {"Content": "{"}, {"Content": "{}"}, {"Content": "x" * 100_001}):
            self.assertIsNotNone(cfn_event_schemas.problem(good | wrong), wrong)

    def test_somebody_has_decided_of_every_type(self):
        kinds = {kind for _name, kind, _resource in resources("true")}
        self.assertEqual(kinds - set(STATEFUL) - STATELESS, set(), "does it hold data?")
        self.assertLessEqual(set(STATEFUL), kinds)


if __name__ == "__main__":
    unittest.main()
