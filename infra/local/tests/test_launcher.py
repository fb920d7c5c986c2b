"""The launcher's patches, each seen at work on an emulator of this test's own."""
import base64
import io
import json
import time
import unittest
import urllib.error
import urllib.request
import zipfile
from pathlib import Path

from emulated import Emulated, poll
from launcher import cognito_users
from launcher.cfn_names import shortened

# Answers a request with its claims, and a pool that signs a token with the one group that it is to name; of stream
# records it reports or raises what the item tells it to.
HANDLER = """
import json, os
def handler(event, context):
    if "triggerSource" in event:
        return event | {"response": {"claimsAndScopeOverrideDetails": {"groupOverrideDetails": {"groupsToOverride": ["kept"]}}}}
    if "Records" not in event:
        authorizer = event.get("requestContext", {}).get("authorizer", {})
        return {"statusCode": 200, "body": json.dumps(authorizer.get("jwt", {}).get("claims", {}))}
    images = [record["dynamodb"].get("NewImage") or record["dynamodb"]["OldImage"] for record in event["Records"]]
    with open(os.environ["DELIVERIES"], "a") as log:
        log.write(json.dumps([image["pk"]["S"] for image in images]) + "\\n")
    return {"batchItemFailures": [{"itemIdentifier": record["dynamodb"]["SequenceNumber"]}
            for record, image in zip(event["Records"], images) if image.get("fails", {}).get("BOOL")]}
"""
# A program that speaks the Runtime API and does what its event says.
BOOTSTRAP = Path(__file__).parents[1] / "host" / "tests" / "host" / "bootstrap.py"
CHILD = {
    "Transform": "AWS::Serverless-2016-10-31",
    "Resources": {
        "Pool": {"Type": "AWS::Cognito::UserPool", "Properties": {}},
        "AskingPool": {"Type": "AWS::Cognito::UserPool", "Properties": {
            "LambdaConfig": {"PreTokenGenerationConfig": {
                "LambdaArn": {"Fn::GetAtt": ["Function", "Arn"]}, "LambdaVersion": "V2_0"}}}},
        "AskingClient": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {
            "UserPoolId": {"Ref": "AskingPool"}, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH"]}},
        "Client": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {
            "UserPoolId": {"Ref": "Pool"}, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}},
        "OtherClient": {"Type": "AWS::Cognito::UserPoolClient", "Properties": {
            "UserPoolId": {"Ref": "Pool"}, "ExplicitAuthFlows": ["ALLOW_USER_PASSWORD_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"]}},
        "Secret": {"Type": "AWS::SecretsManager::Secret", "Properties": {
            "GenerateSecretString": {"PasswordLength": 40, "ExcludePunctuation": "true"}}},
        "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/test/shared"}},
        "Api": {"Type": "AWS::ApiGatewayV2::Api", "Properties": {"Name": "api", "ProtocolType": "HTTP"}},
        "Stage": {"Type": "AWS::ApiGatewayV2::Stage", "Properties": {
            "ApiId": {"Ref": "Api"}, "StageName": "$default", "AutoDeploy": True}},
        "User": {"Type": "AWS::ApiGatewayV2::Authorizer", "Properties": {
            "ApiId": {"Ref": "Api"}, "Name": "User", "AuthorizerType": "JWT",
            "IdentitySource": ["$request.header.Authorization"], "JwtConfiguration": {
                "Issuer": {"Fn::Sub": "https://cognito-idp.${AWS::Region}.amazonaws.com/${Pool}"},
                "Audience": [{"Ref": "Client"}]}}},
        "Integration": {"Type": "AWS::ApiGatewayV2::Integration", "Properties": {
            "ApiId": {"Ref": "Api"}, "IntegrationType": "AWS_PROXY", "PayloadFormatVersion": "2.0",
            "IntegrationUri": {"Fn::GetAtt": ["Function", "Arn"]}}},
        "Route": {"Type": "AWS::ApiGatewayV2::Route", "Properties": {
            "ApiId": {"Ref": "Api"}, "RouteKey": "GET /mine", "Target": {"Fn::Sub": "integrations/${Integration}"},
            "AuthorizationType": "JWT", "AuthorizerId": {"Ref": "User"}}},
        "Function": {"Type": "AWS::Serverless::Function", "Properties": {
            "Runtime": "python3.11", "Handler": "index.handler", "CodeUri": {"Bucket": "code", "Key": "function.zip"},
            "LoggingConfig": {"LogGroup": {"Ref": "Logs"}}}}},
    "Outputs": {name: {"Value": {"Ref": name}} for name in (
        "Pool", "Client", "OtherClient", "AskingPool", "AskingClient", "Secret", "Api", "Function")},
}


class Launcher(Emulated):
    """What the shop's functions, streams and pools rely on."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("index.py", HANDLER)
        cls.code = code.getvalue()
        cls.aws("s3").create_bucket(Bucket="code")
        cls.aws("s3").put_object(Bucket="code", Key="function.zip", Body=cls.code)
        cls.role = cls.make_role()

    def deploy(self, name, child, update=False):
        """Deploy a root stack with one nested template; the nested stack's outputs."""
        key = f"{name}-{time.monotonic_ns()}.json"
        self.aws("s3").put_object(Bucket="code", Key=key, Body=json.dumps(child).encode())
        root = {"Resources": {"Child": {"Type": "AWS::CloudFormation::Stack", "Properties": {
            "TemplateURL": f"{self.stack.aws_endpoint}/code/{key}"}}},
            "Outputs": {out: {"Value": {"Fn::GetAtt": ["Child", f"Outputs.{out}"]}} for out in child["Outputs"]}}
        cloudformation = self.aws("cloudformation")
        (cloudformation.update_stack if update else cloudformation.create_stack)(
            StackName=name, TemplateBody=json.dumps(root), Capabilities=["CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND"])

        def settled():
            found = cloudformation.describe_stacks(StackName=name)["Stacks"][0]
            return None if found["StackStatus"].endswith("IN_PROGRESS") else found
        found = poll(settled, 60)
        self.assertIn(found["StackStatus"], ("CREATE_COMPLETE", "UPDATE_COMPLETE"))
        return {out["OutputKey"]: out["OutputValue"] for out in found["Outputs"]}

    def sign_in(self, pool, client_id, name, groups=()):
        """Access token of a new user."""
        cognito = self.aws("cognito-idp")
        cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
        for group in groups:
            cognito.create_group(UserPoolId=pool, GroupName=group)
            cognito.admin_add_user_to_group(UserPoolId=pool, Username=name, GroupName=group)
        cognito.admin_set_user_password(UserPoolId=pool, Username=name, Password="Passw0rd!Passw0rd", Permanent=True)
        return cognito.initiate_auth(ClientId=client_id, AuthFlow="USER_PASSWORD_AUTH", AuthParameters={
            "USERNAME": name, "PASSWORD": "Passw0rd!Passw0rd"})["AuthenticationResult"]["AccessToken"]

    def get(self, api, path, token=None, method="GET"):
        """Status and body of one request to an HTTP API."""
        request = urllib.request.Request(f"{self.stack.aws_endpoint}/_aws/execute-api/{api}/$default{path}", method=method,
                                         headers={"Authorization": f"Bearer {token}"} if token else {})
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                return response.status, response.read().decode()
        except urllib.error.HTTPError as error:
            return error.code, error.read().decode()

    def test_a_nested_sam_template_deploys_and_its_routes_check_tokens(self):
        out = self.deploy("shop", CHILD)
        token = self.sign_in(out["Pool"], out["Client"], "one")
        status, claims = self.get(out["Api"], "/mine", token)
        self.assertEqual((status, json.loads(claims)["client_id"]), (200, out["Client"]))
        head, body, signature = token.split(".")
        refused = {"no token": None, "another signature": f"{head}.{body}.{signature[:-8]}AAAAAAAA",
                   "another body": f"{head}.{body[:-4]}AAAA.{signature}",
                   "another client": self.sign_in(out["Pool"], out["OtherClient"], "two")}
        for why, bad in refused.items():
            self.assertEqual(self.get(out["Api"], "/mine", bad)[0], 401, why)
        self.assertEqual(self.get(out["Api"], "/nowhere", token), (404, '{"message":"Not Found"}'))
        # It allows no origins, so OPTIONS goes where every method goes that no route takes.
        self.assertEqual(self.get(out["Api"], "/mine", method="OPTIONS"), (404, '{"message":"Not Found"}'))

    def test_a_pool_that_asks_a_function_names_the_groups_that_it_leaves(self):
        out = self.deploy("asking", CHILD | {"Resources": CHILD["Resources"] | {
            "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/test/asking"}}}})
        token = self.sign_in(out["AskingPool"], out["AskingClient"], "one", ("kept", "taken"))
        claims = token.split(".")[1]
        self.assertEqual(json.loads(base64.urlsafe_b64decode(claims + "=="))["cognito:groups"], ["kept"])

    def test_names_in_any_case_are_one_name_where_the_pool_says_so(self):
        cognito = self.aws("cognito-idp")
        for sensitive, found in ((False, True), (True, False)):
            pool = cognito.create_user_pool(PoolName="case", UsernameAttributes=["email"], UsernameConfiguration={
                "CaseSensitive": sensitive})["UserPool"]["Id"]
            cognito.admin_create_user(UserPoolId=pool, Username="sam@souk.test", MessageAction="SUPPRESS")
            for call in (lambda: cognito.admin_get_user(UserPoolId=pool, Username="Sam@Souk.test"),
                         lambda: not cognito.admin_create_user(UserPoolId=pool, Username="SAM@souk.test")):
                try:
                    answer = bool(call())
                except cognito.exceptions.UserNotFoundException:
                    answer = False
                except cognito.exceptions.UsernameExistsException:
                    answer = True
                self.assertEqual(answer, found, sensitive)

    def test_secrets_and_shared_log_groups_are_as_on_aws_and_survive_an_update(self):
        out = self.deploy("secrets", CHILD | {"Resources": CHILD["Resources"] | {
            "Logs": {"Type": "AWS::Logs::LogGroup", "Properties": {"LogGroupName": "/test/secrets"}}}})
        self.assertTrue(out["Secret"].startswith("arn:aws:secretsmanager:"), out["Secret"])
        value = self.aws("secretsmanager").get_secret_value(SecretId=out["Secret"])["SecretString"]
        self.assertEqual((len(value), value.isalnum()), (40, True))
        self.aws("lambda").invoke(FunctionName=out["Function"], Payload=b"{}")
        streams = poll(lambda: self.aws("logs").describe_log_streams(logGroupName="/test/secrets")["logStreams"])
        self.assertIn(f"/{out['Function']}[$LATEST]", streams[0]["logStreamName"])
        changed = json.loads(json.dumps(CHILD))
        changed["Resources"]["Logs"]["Properties"]["LogGroupName"] = "/test/secrets"
        changed["Resources"]["Function"]["Properties"]["Timeout"] = 7
        after = self.deploy("secrets", changed, update=True)
        self.assertEqual(after, out)

    def test_a_nested_template_is_told_secrets(self):
        self.aws("secretsmanager").create_secret(Name="words", SecretString='{"first": "open sesame"}')
        role = {"Type": "AWS::IAM::Role", "Properties": {
            "AssumeRolePolicyDocument": {}, "Description": "{{resolve:secretsmanager:words:SecretString:first}}"}}
        out = self.deploy("told", CHILD | {"Resources": CHILD["Resources"] | {"Told": role},
                                           "Outputs": {"Told": {"Value": {"Ref": "Told"}}}})
        self.assertEqual(self.aws("iam").get_role(RoleName=out["Told"])["Role"]["Description"], "open sesame")

    def test_what_a_nested_template_keeps_outlives_its_stack(self):
        child = {"Resources": {
            "Kept": {"Type": "AWS::DynamoDB::Table", "DeletionPolicy": "Retain", "Properties": {
                "BillingMode": "PAY_PER_REQUEST", "DeletionProtectionEnabled": "false",
                "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
                "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}]}},
            "Gone": {"Type": "AWS::SQS::Queue"}},
            "Outputs": {name: {"Value": {"Ref": name}} for name in ("Kept", "Gone")}}
        out = self.deploy("keeping", child)
        cloudformation, queues = self.aws("cloudformation"), self.aws("sqs")
        cloudformation.delete_stack(StackName="keeping")
        poll(lambda: out["Gone"] not in queues.list_queues().get("QueueUrls", []))
        self.aws("dynamodb").delete_table(TableName=out["Kept"])    # it is there, and "false" did not protect it

    def test_a_stream_retries_what_failed_and_sends_what_it_discards_to_its_destination(self):
        log = self.home / "deliveries"
        dynamodb, functions, queues = self.aws("dynamodb"), self.aws("lambda"), self.aws("sqs")
        dynamodb.create_table(TableName="things", BillingMode="PAY_PER_REQUEST",
                              AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                              KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                              StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
        dynamodb.transact_write_items(TransactItems=[
            {"Put": {"TableName": "things", "Item": {"pk": {"S": key}, "fails": {"BOOL": key == "b"}}}} for key in "abc"])
        queue = queues.create_queue(QueueName="discarded")["QueueUrl"]
        functions.create_function(FunctionName="project", Runtime="python3.11", Handler="index.handler", Timeout=10,
                                  Role=self.role, Code={"ZipFile": self.code},
                                  Environment={"Variables": {"DELIVERIES": str(log)}})
        functions.create_event_source_mapping(
            FunctionName="project", StartingPosition="TRIM_HORIZON", MaximumRetryAttempts=1, BisectBatchOnFunctionError=True,
            EventSourceArn=dynamodb.describe_table(TableName="things")["Table"]["LatestStreamArn"],
            FunctionResponseTypes=["ReportBatchItemFailures"],
            DestinationConfig={"OnFailure": {"Destination": "arn:aws:sqs:us-east-1:000000000000:discarded"}})
        message = poll(lambda: queues.receive_message(QueueUrl=queue, WaitTimeSeconds=1).get("Messages"))[0]
        self.assertEqual(json.loads(message["Body"])["DDBStreamBatchInfo"]["batchSize"], 1)
        deliveries = poll(lambda: [json.loads(line) for line in log.read_text().splitlines()][4:] and log.read_text())
        self.assertEqual([json.loads(line) for line in deliveries.splitlines()],
                         [["a", "b", "c"], ["b", "c"], ["b"], ["b"], ["c"]])

    def test_a_program_runs_in_the_host_as_it_would_on_aws(self):
        code = io.BytesIO()
        with zipfile.ZipFile(code, "w") as archive:
            archive.writestr("bootstrap", BOOTSTRAP.read_text())
        functions, logs = self.aws("lambda"), self.aws("logs")
        functions.create_function(FunctionName="program", Runtime="provided.al2023", Handler="bootstrap", Timeout=1,
                                  Role=self.role, Code={"ZipFile": code.getvalue()},
                                  Environment={"Variables": {"NAME": "program"}})

        def invoke(event):
            answer = functions.invoke(FunctionName="program", Payload=json.dumps(event))
            return answer.get("FunctionError"), json.loads(answer["Payload"].read())
        error, first = invoke({"print": "a line"})
        self.assertEqual((error, first["name"]), (None, "program"))
        self.assertEqual(invoke({})[1]["pid"], first["pid"])
        lines = [event["message"].strip() for event in logs.filter_log_events(logGroupName="/aws/lambda/program")["events"]]
        self.assertIn("a line", lines)
        self.assertEqual(invoke({"fail": "asked to"}), ("Unhandled", {"errorMessage": "asked to", "errorType": "Asked"}))
        self.assertEqual(invoke({"wait_for": "/never"})[1]["errorType"], "Sandbox.Timedout")
        functions.update_function_configuration(FunctionName="program", Environment={"Variables": {"NAME": "changed"}})
        self.assertEqual(invoke({})[1]["name"], "changed")
        functions.put_function_concurrency(FunctionName="program", ReservedConcurrentExecutions=0)
        with self.assertRaises(functions.exceptions.TooManyRequestsException):
            invoke({})

    def test_an_item_that_outlived_its_time_is_a_record_of_the_service(self):
        log = self.home / "deletions"
        dynamodb, functions = self.aws("dynamodb"), self.aws("lambda")
        dynamodb.create_table(TableName="mortal", BillingMode="PAY_PER_REQUEST",
                              AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                              KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
                              StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"})
        dynamodb.update_time_to_live(TableName="mortal", TimeToLiveSpecification={"AttributeName": "ends", "Enabled": True})
        arn = dynamodb.describe_table(TableName="mortal")["Table"]["LatestStreamArn"]
        functions.create_function(FunctionName="mourn", Runtime="python3.11", Handler="index.handler", Timeout=10,
                                  Role=self.role, Code={"ZipFile": self.code},
                                  Environment={"Variables": {"DELIVERIES": str(log)}})
        functions.create_event_source_mapping(
            FunctionName="mourn", StartingPosition="TRIM_HORIZON", EventSourceArn=arn,
            FilterCriteria={"Filters": [{"Pattern": json.dumps({
                "userIdentity": {"principalId": ["dynamodb.amazonaws.com"]}})}]})
        dynamodb.put_item(TableName="mortal", Item={"pk": {"S": "a"}, "ends": {"N": str(int(time.time()) - 9)}})
        poll(lambda: dynamodb.scan(TableName="mortal")["Count"] == 0)
        self.assertEqual(json.loads(poll(lambda: log.exists() and log.read_text())), ["a"])

    def test_two_attributes_set_to_one_value_stay_apart(self):
        dynamodb = self.aws("dynamodb")
        dynamodb.create_table(TableName="pages", BillingMode="PAY_PER_REQUEST",
                              AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                              KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])
        key = {"TableName": "pages", "Key": {"pk": {"S": "a"}}}
        dynamodb.update_item(**key, UpdateExpression="SET prices = if_not_exists(prices, :none), stock = :none",
                             ExpressionAttributeValues={":none": {"M": {}}})
        dynamodb.update_item(**key, UpdateExpression="SET prices.x = :one", ExpressionAttributeValues={":one": {"N": "1"}})
        self.assertEqual(dynamodb.get_item(**key)["Item"]["stock"], {"M": {}})

    def test_what_dynamodb_and_step_functions_refuse_is_refused(self):
        dynamodb, states = self.aws("dynamodb"), self.aws("stepfunctions")
        dynamodb.create_table(TableName="stock", BillingMode="PAY_PER_REQUEST",
                              AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
                              KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}])
        with self.assertRaisesRegex(dynamodb.exceptions.ClientError, "Syntax error"):
            dynamodb.put_item(TableName="stock", Item={"pk": {"S": "a"}}, ConditionExpression="quantity - reserved >= :n",
                              ExpressionAttributeValues={":n": {"N": "1"}})
        broken = json.dumps({"StartAt": "A", "States": {"A": {"Type": "Pass", "Next": "Missing"}}})
        with self.assertRaisesRegex(states.exceptions.ClientError, "MISSING_TRANSITION_TARGET"):
            states.create_state_machine(name="broken", definition=broken, roleArn="arn:aws:iam::000000000000:role/any")

    def test_a_user_is_found_by_their_present_name(self):
        cognito = self.aws("cognito-idp")
        pool = cognito.create_user_pool(PoolName="crowd", UsernameAttributes=["email"])["UserPool"]["Id"]

        def make(name):
            made = cognito.admin_create_user(UserPoolId=pool, Username=name, MessageAction="SUPPRESS")
            return made["User"]["Username"]

        def find(name):
            try:
                return cognito.admin_get_user(UserPoolId=pool, Username=name)["Username"]
            except cognito.exceptions.UserNotFoundException:
                return None
        ann, bob = make("ann@souk.test"), make("bob@souk.test")
        with self.assertRaises(cognito.exceptions.UsernameExistsException):
            make("ann@souk.test")
        self.assertEqual([find(name) for name in ("ann@souk.test", ann, "bob@souk.test")], [ann, ann, bob])
        cognito.admin_update_user_attributes(UserPoolId=pool, Username=ann, UserAttributes=[
            {"Name": "email", "Value": "anne@souk.test"}])
        self.assertEqual([find("ann@souk.test"), find("anne@souk.test")], [None, ann])
        cognito.admin_delete_user(UserPoolId=pool, Username="bob@souk.test")
        self.assertEqual([find("bob@souk.test"), find(bob)], [None, None])
        again = make("bob@souk.test")
        self.assertEqual(find("bob@souk.test"), again)

    def test_a_user_is_found_without_reading_the_others(self):
        index = cognito_users.Index()
        users = {f"sub-{n}": {"Attributes": [{"Name": "email", "Value": f"{n}@souk.test"}]} for n in range(1000)}
        index.catch_up(users)
        self.assertEqual(list(index.carriers(users, "7@souk.test")), ["sub-7"])
        self.assertEqual(list(index.carriers(users, "sub-8")), ["sub-8"])
        self.assertEqual(index.carriers(users, "nobody@souk.test"), {})


class Names(unittest.TestCase):
    """What CloudFormation calls a resource."""

    def test_a_name_tells_what_it_is_of_however_long_the_stacks_is(self):
        made = "souk-Saga-0123456789ABC"
        self.assertEqual(shortened(made, "souk", "Saga", 64), made)
        for stack in ("souk-test-Transactions-0a1b2c3d-4e5-Checkouts-0a1b2c3d-4e5", "s" * 36):
            name = shortened(stack + "0123456789ABC", stack, "CreateCheckoutFunction", 64)
            self.assertEqual(name, f"{stack[:27]}-CreateCheckoutFunction-0123456789ABC")


if __name__ == "__main__":
    unittest.main()
