"""S3: a distribution's signed request is allowed by the bucket's policy for CloudFront.

Real CloudFront signs what it asks of an S3 origin with an origin access control, and the
bucket's policy allows the service ``cloudfront.amazonaws.com`` for that distribution. Who may
not list the bucket is refused where an object is missing, too. With AUTH=true stock ministack
takes the edge's request for an anonymous one and refuses it always. The edge is known by
CloudFront's user agent; which distributions it may be, by their origins.
"""
from .hooks import require, wrap

SERVICE, USER_AGENT = "cloudfront.amazonaws.com", "Amazon CloudFront"


def apply():
    import ministack.core.iam_evaluator as evaluator
    import ministack.services.cloudfront as cloudfront
    import ministack.services.s3 as s3
    from ministack.core.responses import get_region

    require(s3, "_bucket_policies", "_buckets")
    require(cloudfront, "_distributions")
    require(evaluator, "EvalContext", "evaluate_resource_policy")

    def is_granted(distribution, owner, bucket, key):
        is_there = key in s3._buckets.get_scoped(owner, None, bucket)["objects"]
        context = evaluator.EvalContext(
            principal_arn="*", principal_type="Service", principal_account="", region=get_region(),
            action="s3:GetObject" if is_there else "s3:ListBucket",
            resource_arn=f"arn:aws:s3:::{bucket}/{key}" if is_there else f"arn:aws:s3:::{bucket}",
            service_context={"aws:sourcearn": distribution["ARN"], "aws:sourceaccount": owner})
        policy = s3._bucket_policies.get_scoped(owner, None, bucket)
        return evaluator.evaluate_resource_policy(policy, context, service=SERVICE).decision == "Allow"

    def through_a_distribution(original):
        def allows(owner, bucket, key, method, query_params, caller, headers=None):
            if original(owner, bucket, key, method, query_params, caller, headers):
                return True
            if caller or method not in ("GET", "HEAD") or (headers or {}).get("user-agent") != USER_AGENT:
                return False
            return any(is_granted(distribution, owner, bucket, key)
                       for distribution in list(cloudfront._distributions.values())
                       if f">{bucket}.s3" in distribution["config_xml"])
        return allows

    wrap(s3, "_foreign_bucket_allows", through_a_distribution)
