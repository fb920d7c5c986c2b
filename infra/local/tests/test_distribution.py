"""From CloudFront's description of a distribution to the edge's configuration."""
import unittest
from unittest import mock

from souk_local import distribution

CONFIG = {
    "Origins": {"Items": [
        {"Id": "api", "DomainName": "abc123.execute-api.us-east-1.amazonaws.com",
         "CustomHeaders": {"Quantity": 1, "Items": [{"HeaderName": "x-shown", "HeaderValue": "secret"}]}},
        {"Id": "images", "DomainName": "pictures.s3.us-east-1.amazonaws.com"},
        {"Id": "other", "DomainName": "example.com", "OriginPath": "/v1"}]},
    "DefaultCacheBehavior": {"TargetOriginId": "api", "CachePolicyId": "none", "OriginRequestPolicyId": "all",
                             "AllowedMethods": {"Items": ["GET", "POST"]}},
    "CacheBehaviors": {"Items": [{"PathPattern": "/images/*", "TargetOriginId": "images", "CachePolicyId": "long",
                                  "ResponseHeadersPolicyId": "harmless"}]},
}
CACHE = {"none": {"MinTTL": 0, "DefaultTTL": 0, "MaxTTL": 0},
         "long": {"MinTTL": 1, "DefaultTTL": 60, "MaxTTL": 3600, "ParametersInCacheKeyAndForwardedToOrigin": {
             "QueryStringsConfig": {"QueryStringBehavior": "whitelist", "QueryStrings": {"Items": ["size"]}},
             "HeadersConfig": {"HeaderBehavior": "none"}, "CookiesConfig": {"CookieBehavior": "none"}}}}
HEADERS = {"harmless": {
    "SecurityHeadersConfig": {
        "ContentSecurityPolicy": {"Override": True, "ContentSecurityPolicy": "sandbox"}, "ContentTypeOptions": {"Override": True},
        "StrictTransportSecurity": {"Override": False, "AccessControlMaxAgeSec": 60}},
    "CustomHeadersConfig": {"Items": [{"Header": "x-own", "Value": "1", "Override": False}]}}}
REQUEST = {"all": {"QueryStringsConfig": {"QueryStringBehavior": "all"}, "CookiesConfig": {"CookieBehavior": "all"},
                   "HeadersConfig": {"HeaderBehavior": "allExcept", "Headers": {"Items": ["host"]}}}}


class Distribution(unittest.TestCase):
    """The translation of one distribution with one behaviour beside the default."""

    def setUp(self):
        cloudfront = mock.Mock()
        cloudfront.get_distribution_config.return_value = {"DistributionConfig": CONFIG}
        cloudfront.get_cache_policy = lambda Id: {"CachePolicy": {"CachePolicyConfig": CACHE[Id]}}
        cloudfront.get_origin_request_policy = lambda Id: {"OriginRequestPolicy": {"OriginRequestPolicyConfig": REQUEST[Id]}}
        cloudfront.get_response_headers_policy = lambda Id: {"ResponseHeadersPolicy": {"ResponseHeadersPolicyConfig": HEADERS[Id]}}
        with mock.patch.object(distribution, "client", return_value=cloudfront):
            self.edge = distribution.edge_configuration(mock.Mock(aws_endpoint="http://aws"), "E1")

    def test_origins_are_where_the_emulator_serves_them(self):
        self.assertEqual({name: origin["url"] for name, origin in self.edge["origins"].items()}, {
            "api": "http://aws/_aws/execute-api/abc123/$default", "images": "http://aws/pictures",
            "other": "http://example.com/v1"})

    def test_what_the_distribution_adds_for_an_origin_is_kept(self):
        self.assertEqual(self.edge["origins"]["api"]["headers"], {"x-shown": "secret"})
        self.assertEqual(self.edge["origins"]["images"]["headers"], {})

    def test_the_default_behaviour_comes_last_and_takes_every_path(self):
        self.assertEqual([b["path_pattern"] for b in self.edge["behaviors"]], ["/images/*", "*"])

    def test_policies_become_limits_and_selections(self):
        images, default = self.edge["behaviors"]
        self.assertEqual((images["min_ttl"], images["default_ttl"], images["max_ttl"]), (1, 60, 3600))
        self.assertEqual(images["cache_key"], {"query": ["size"], "headers": [], "cookies": []})
        self.assertEqual(images["allowed_methods"], ["GET", "HEAD"])
        self.assertEqual(default["response_headers"], [])
        self.assertEqual(default["forward"], {"query": "all", "headers": "all", "cookies": "all"})

    def test_what_every_answer_bears_is_spelt_out(self):
        self.assertEqual(self.edge["behaviors"][0]["response_headers"], [
            {"name": "content-security-policy", "value": "sandbox", "overrides": True},
            {"name": "x-content-type-options", "value": "nosniff", "overrides": True},
            {"name": "strict-transport-security", "value": "max-age=60", "overrides": False},
            {"name": "x-own", "value": "1", "overrides": False}])


if __name__ == "__main__":
    unittest.main()
