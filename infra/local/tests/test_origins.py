"""Whose pages may ask the API from a browser, and what that changes at the edge."""
import unittest

from expanded import Expanded

ORIGINS = "https://shop.example,https://m.shop.example"
BROWSED = {"/products", "/products/*", "/categories*", "/search*", "/openapi.json", "/sales/*"}


def deployed(allowed):
    """Both APIs, and the distribution with its policies by name, with these origins."""
    root = Expanded("template", {"AllowedOrigins": allowed})
    apis = [api for world in ("Discovery", "Transactions") for api in root.child(world).of_type("AWS::ApiGatewayV2::Api").values()]
    edge = root.child("Edge")
    distribution, = edge.of_type("AWS::CloudFront::Distribution").values()
    return apis, distribution["DistributionConfig"], edge.of_type("AWS::CloudFront::CachePolicy")


class Origins(unittest.TestCase):
    """The template with and without origins."""

    def test_without_origins_nobody_elses_page_is_answered(self):
        apis, distribution, policies = deployed("")
        self.assertEqual([api.get("CorsConfiguration") for api in apis], [None, None])
        headers = policies["BrowseCache"]["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]
        self.assertEqual(headers, {"HeaderBehavior": "none"})
        browsed = [behaviour for behaviour in distribution["CacheBehaviors"] if behaviour["PathPattern"] in BROWSED]
        self.assertEqual([behaviour.get("OriginRequestPolicyId") for behaviour in browsed], [None] * len(BROWSED))

    def test_with_origins_both_apis_answer_them_and_copies_are_kept_by_origin(self):
        apis, distribution, policies = deployed(ORIGINS)
        for api in apis:
            cors = api["CorsConfiguration"]
            self.assertEqual((cors["AllowOrigins"], cors["AllowCredentials"]), (ORIGINS.split(","), True))
        headers = policies["BrowseCache"]["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]["HeadersConfig"]
        self.assertEqual(headers, {"HeaderBehavior": "whitelist", "Headers": ["Origin"]})
        for name in ("BrowseCache", "ListCache", "SearchCache"):
            key = policies[name]["CachePolicyConfig"]["ParametersInCacheKeyAndForwardedToOrigin"]
            self.assertEqual(key["HeadersConfig"], headers, name)
        for behaviour in distribution["CacheBehaviors"]:
            if "OPTIONS" in behaviour["AllowedMethods"]:
                self.assertIn("OriginRequestPolicyId", behaviour, behaviour["PathPattern"])

    def test_every_answer_passes_the_policy_of_headers(self):
        _apis, distribution, _policies = deployed("")
        behaviours = [distribution["DefaultCacheBehavior"], *distribution["CacheBehaviors"]]
        # Pictures have one of their own, in which nothing may run.
        policies = {behaviour.get("PathPattern") == "/images/*": behaviour["ResponseHeadersPolicyId"] for behaviour in behaviours}
        self.assertEqual(policies[True], "ImageHeaders")
        others = {behaviour["ResponseHeadersPolicyId"] for behaviour in behaviours if behaviour.get("PathPattern") != "/images/*"}
        self.assertEqual(len(others), 1)


if __name__ == "__main__":
    unittest.main()
