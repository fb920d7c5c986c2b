"""Translate the deployed CloudFront distribution into the edge's configuration."""
import re

from .aws import client

API = re.compile(r"([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com$")
BUCKET = re.compile(r"(.+)\.s3(?:[.-][a-z0-9-]+)?\.amazonaws\.com$")


def edge_configuration(stack, distribution_id):
    """Origins and behaviours as ``souk-edge`` reads them; the default behaviour comes last."""
    cloudfront = client(stack, "cloudfront")
    config = cloudfront.get_distribution_config(Id=distribution_id)["DistributionConfig"]
    behaviors = [*config.get("CacheBehaviors", {}).get("Items", []), {**config["DefaultCacheBehavior"], "PathPattern": "*"}]
    return {
        "origins": {origin["Id"]: _origin(stack, origin) for origin in config["Origins"]["Items"]},
        "behaviors": [_behavior(cloudfront, behavior) for behavior in behaviors],
    }


def _origin(stack, origin):
    added = (origin.get("CustomHeaders") or {}).get("Items", [])
    return {"url": _origin_url(stack, origin), "headers": {header["HeaderName"]: header["HeaderValue"] for header in added}}


def _origin_url(stack, origin):
    """Where the emulator serves what CloudFront would reach by this domain name."""
    domain, path = origin["DomainName"], origin.get("OriginPath", "")
    if match := API.match(domain):
        return f"{stack.aws_endpoint}/_aws/execute-api/{match.group(1)}/$default{path}"
    if match := BUCKET.match(domain):
        return f"{stack.aws_endpoint}/{match.group(1)}{path}"
    return f"http://{domain}{path}"


def _behavior(cloudfront, behavior):
    cache = _policy(cloudfront.get_cache_policy, "CachePolicy", behavior.get("CachePolicyId"))
    request = _policy(cloudfront.get_origin_request_policy, "OriginRequestPolicy", behavior.get("OriginRequestPolicyId"))
    key = cache.get("ParametersInCacheKeyAndForwardedToOrigin", {})
    keyed = {
        "query": _selection(key.get("QueryStringsConfig"), "QueryString"),
        "headers": _selection(key.get("HeadersConfig"), "Header"),
        "cookies": _selection(key.get("CookiesConfig"), "Cookie"),
    }
    forwarded = {
        "query": _selection(request.get("QueryStringsConfig"), "QueryString"),
        "headers": _selection(request.get("HeadersConfig"), "Header"),
        "cookies": _selection(request.get("CookiesConfig"), "Cookie"),
    }
    return {
        "path_pattern": behavior["PathPattern"],
        "origin": behavior["TargetOriginId"],
        "allowed_methods": behavior.get("AllowedMethods", {}).get("Items", ["GET", "HEAD"]),
        "min_ttl": cache.get("MinTTL", 0), "default_ttl": cache.get("DefaultTTL", 0), "max_ttl": cache.get("MaxTTL", 0),
        "cache_key": keyed,
        "forward": forwarded,
        "response_headers": _response_headers(cloudfront, behavior.get("ResponseHeadersPolicyId")),
    }


def _response_headers(cloudfront, policy_id):
    """What a policy adds to every answer, by CloudFront's own words for the headers that have some."""
    policy = _policy(cloudfront.get_response_headers_policy, "ResponseHeadersPolicy", policy_id)
    said = policy.get("SecurityHeadersConfig") or {}
    values = {
        "ContentSecurityPolicy": ("content-security-policy", lambda one: one["ContentSecurityPolicy"]),
        "ContentTypeOptions": ("x-content-type-options", lambda one: "nosniff"),
        "FrameOptions": ("x-frame-options", lambda one: one["FrameOption"]),
        "ReferrerPolicy": ("referrer-policy", lambda one: one["ReferrerPolicy"]),
        "StrictTransportSecurity": ("strict-transport-security", lambda one: f"max-age={one['AccessControlMaxAgeSec']}"),
    }
    added = [{"name": name, "value": value(said[kind]), "overrides": bool(said[kind].get("Override"))}
             for kind, (name, value) in values.items() if said.get(kind)]
    custom = (policy.get("CustomHeadersConfig") or {}).get("Items", [])
    return added + [{"name": one["Header"], "value": one["Value"], "overrides": bool(one.get("Override"))} for one in custom]


def _policy(get, kind, policy_id):
    return get(Id=policy_id)[kind][f"{kind}Config"] if policy_id else {}


def _selection(config, kind):
    """``"all"``, or the list of names; CloudFront's words for it differ per kind and policy."""
    config = config or {}
    how = config.get(f"{kind}Behavior", "none")
    names = (config.get(f"{kind}s") or {}).get("Items", [])
    if how in ("all", "allViewer", "allViewerAndWhitelistCloudFront", "allExcept"):
        return "all"    # allExcept is only used for Host, which the edge always replaces
    return names if how == "whitelist" else []
