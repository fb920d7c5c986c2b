"""Read SAM templates: YAML with CloudFormation's short intrinsic functions."""
import functools

# What nests a template, and the property that names it.
NESTS = (("AWS::Serverless::Application", "Location"), ("AWS::CloudFormation::Stack", "TemplateURL"))


@functools.cache
def _loader():
    import yaml

    class TemplateLoader(yaml.SafeLoader):
        """Keeps dates as text and turns ``!Sub x`` into ``{"Fn::Sub": x}``."""

    # "Version: 2012-10-17" is a string to CloudFormation.
    TemplateLoader.yaml_implicit_resolvers = {
        key: [(tag, pattern) for tag, pattern in resolvers if tag != "tag:yaml.org,2002:timestamp"]
        for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()}

    def intrinsic(loader, suffix, node):
        if isinstance(node, yaml.ScalarNode):
            value = loader.construct_scalar(node)
        elif isinstance(node, yaml.SequenceNode):
            value = loader.construct_sequence(node, deep=True)
        else:
            value = loader.construct_mapping(node, deep=True)
        if suffix == "GetAtt" and isinstance(value, str):
            value = value.split(".", 1)
        return {suffix if suffix in ("Ref", "Condition") else f"Fn::{suffix}": value}

    TemplateLoader.add_multi_constructor("!", intrinsic)
    return TemplateLoader


def read(path):
    """The template in a file, as plain dictionaries and lists."""
    import yaml
    return yaml.load(path.read_text(), Loader=_loader())   # noqa: S506  (a SafeLoader by inheritance)


def resources(template, *types):
    """(logical id, properties) of the resources of these types, without those that an ``Fn::ForEach`` makes."""
    for logical_id, resource in template.get("Resources", {}).items():
        if isinstance(resource, dict) and resource.get("Type") in types:
            yield logical_id, resource.get("Properties", {})


def nests(template):
    """(logical id, properties, the property that names the template) of the local templates nested in this one."""
    for kind, field in NESTS:
        for logical_id, props in resources(template, kind):
            if is_local(props.get(field)):
                yield logical_id, props, field


def tree(path):
    """(path, template) of a template and of those nested in it, each as often as it is nested."""
    template = read(path)
    yield path, template
    for _logical_id, props, field in nests(template):
        yield from tree(path.parent / props[field])


def route_keys(template):
    """The keys of a template's routes: of those spelt out, and of those that a loop makes of the mapping ``Routes``."""
    rows = template.get("Mappings", {}).get("Routes", {})
    for row in rows.values():
        yield row["Key"]
    heads = template.get("Resources", {}).get("Fn::ForEach::HeadRoutes", [None, []])[1]
    for function in heads:
        yield rows[function]["Key"].replace("GET", "HEAD", 1)
    for _logical_id, props in resources(template, "AWS::ApiGatewayV2::Route"):
        yield props["RouteKey"]


def is_local(location):
    """Whether a Location, CodeUri or DefinitionUri names a file beside the template."""
    return isinstance(location, str) and "://" not in location and not location.startswith("arn:")
