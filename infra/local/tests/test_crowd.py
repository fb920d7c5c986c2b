"""A sale's crowd and searches have limits of their own, and what carries orders on has instances of its own."""
import unittest

from expanded import Expanded

SALE = "/sales/{sale_id}"
# Whatever moves stock and money without a shopper's request to wait for it.
MONEY = {"PaymentWebhookFunction", "ReservationTimerFunction", "SweepReservationsFunction", "SweepOrdersFunction",
         "SweepShipmentsFunction"}


def reserved(**parameters):
    """{function: instances reserved for it} with these parameters."""
    functions = Expanded("transactions", parameters).of_type("AWS::Lambda::Function")
    return {name: function["ReservedConcurrentExecutions"] for name, function in functions.items()
            if "ReservedConcurrentExecutions" in function}


class Crowd(unittest.TestCase):
    """The limits in the template of the transactions."""

    @classmethod
    def setUpClass(cls):
        cls.template = Expanded("transactions").child("Contexts")
        cls.routes = cls.template.routes

    def test_every_route_of_the_crowd_has_limits_of_its_own(self):
        stage, = self.template.of_type("AWS::ApiGatewayV2::Stage").values()
        self.assertEqual(set(stage["RouteSettings"]), {key for key in self.routes if f" {SALE}/" in key})
        # API Gateway refuses settings of a route that is not there yet.
        before = self.template.child(self.template.resources["Stage"]["DependsOn"])
        self.assertLessEqual(set(stage["RouteSettings"]), set(before.routes))
        for key, settings in stage["RouteSettings"].items():
            self.assertEqual(settings, {"ThrottlingBurstLimit": "CrowdBurst", "ThrottlingRateLimit": "CrowdRate"}, key)
        self.assertEqual(stage["DefaultRouteSettings"], {"ThrottlingBurstLimit": "ApiBurst", "ThrottlingRateLimit": "ApiRate"})

    def test_the_crowds_functions_are_limited_and_instances_kept_for_those_of_money(self):
        crowd = {function for key, function in self.routes.items() if f" {SALE}" in key}
        steps = {name for name in self.template.of_type("AWS::Lambda::Function") if name.startswith("Saga")}
        self.assertEqual(reserved(CrowdConcurrency="0", MoneyConcurrency="0"), {})
        self.assertEqual(reserved(CrowdConcurrency="200", MoneyConcurrency="0"), dict.fromkeys(crowd, "200"))
        self.assertEqual(reserved(CrowdConcurrency="0", MoneyConcurrency="40"), dict.fromkeys(steps | MONEY, "40"))


class Searches(unittest.TestCase):
    """The limits in the template of discovery."""

    def test_searches_have_limits_of_their_own(self):
        template = Expanded("discovery")
        stage, = template.of_type("AWS::ApiGatewayV2::Stage").values()
        before = template.child(template.resources["Stage"]["DependsOn"])
        self.assertEqual(set(stage["RouteSettings"]), {key for key in before.routes if key.split(" ")[1].startswith("/search")})
        for key, settings in stage["RouteSettings"].items():
            self.assertEqual(settings, {"ThrottlingBurstLimit": "SearchBurst", "ThrottlingRateLimit": "SearchRate"}, key)


if __name__ == "__main__":
    unittest.main()
