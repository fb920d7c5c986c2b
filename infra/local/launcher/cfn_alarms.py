"""AWS::CloudWatch::Alarm: alarms on an expression over several metrics.

Real AWS evaluates them. Stock ministack fails the deployment. Here such an alarm is checked
and kept, and never goes off: nothing plays the services' metrics that it would be fed with.
"""
from .hooks import wrap

NAMESPACE = "metric math"    # of no metric: the alarm stays without data


def problem(queries):
    """What PutMetricAlarm would refuse, or None."""
    for query in queries:
        if not query.get("Id"):
            return "every entry of Metrics needs an Id"
        if ("Expression" in query) == ("MetricStat" in query):
            return f"{query['Id']}: exactly one of Expression and MetricStat is needed"
    returned = [query["Id"] for query in queries if str(query.get("ReturnData", True)).lower() == "true"]
    return None if len(returned) == 1 else f"exactly one entry of Metrics returns data, not {returned}"


def apply():
    import ministack.services.cloudformation.provisioners as prov

    def recording(original):
        def record(name, props):
            queries = props.get("Metrics")
            if not queries:
                return original(name, props)
            if reason := problem(queries):
                raise ValueError(f"ValidationError: {reason}")
            plain = {key: value for key, value in props.items() if key != "Metrics"}
            return original(name, plain | {"Namespace": NAMESPACE, "MetricName": queries[0]["Id"]})
        return record

    wrap(prov, "_cw_metric_alarm_record", recording)
