"""SES: a mail is sent on behalf of an identity, and a role needs a grant on that.

Stock ministack checks ``ses:SendEmail`` against every resource, so only a policy that grants it on ``*`` passes.
Real SES checks the identity that sends: here the domain of the address that the mail is from.
"""
import json

from .hooks import wrap

SEND = "/v2/email/outbound-emails"


def apply():
    import ministack.core.iam_actions as actions

    def of_sender(original):
        def resource(method, path, body, region, account_id):
            if (method, path.rstrip("/")) != ("POST", SEND):
                return original(method, path, body, region, account_id)
            address = json.loads(body or b"{}").get("FromEmailAddress", "")
            domain = address.rpartition("@")[2].rstrip(">")
            return f"arn:aws:ses:{region}:{account_id}:identity/{domain}" if domain else "*"
        return resource

    wrap(actions, "_ses_v2_resource_arn", of_sender)
