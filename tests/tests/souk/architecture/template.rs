//! Reading a SAM template.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;

use super::root;

/// One world's template.
pub struct Template {
    pub name: &'static str,
    pub document: Value,
}

/// One Lambda of a template.
pub struct Function<'a> {
    pub name: &'a str,
    pub properties: &'a Value,
}

/// A route of an API.
#[derive(Debug, Clone)]
pub struct Route {
    pub world: &'static str,
    pub method: String,
    /// With its parameters in braces.
    pub pattern: String,
    /// Whether an authorizer stands before it.
    pub guarded: bool,
}

/// A function's reading of a queue or stream.
pub struct Mapping<'a> {
    pub name: &'a str,
    pub properties: &'a Value,
}

pub fn worlds() -> [Template; 2] {
    ["discovery", "transactions"].map(Template::read)
}

/// Every template that has functions.
pub fn with_functions() -> [Template; 3] {
    ["shared", "discovery", "transactions"].map(Template::read)
}

/// All routes of both worlds but the default ones.
pub fn routes() -> Vec<Route> {
    let of = |world: &Template| {
        let routes = world.functions().iter().flat_map(Function::http_routes).collect::<Vec<_>>();
        routes.into_iter().map(|route| Route { world: world.name, ..route }).collect::<Vec<_>>()
    };
    worlds().iter().flat_map(of).collect()
}

impl Route {
    /// A path of this route, each parameter replaced.
    pub fn path(&self, parameter: &str) -> String {
        let segments = self.pattern.split('/').map(|part| if part.starts_with('{') { parameter } else { part });
        segments.collect::<Vec<_>>().join("/")
    }
}

impl Template {
    pub fn read(name: &'static str) -> Self {
        let path = root().join("infra").join(format!("{name}.yaml"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        Self { name, document: serde_yaml_ng::from_str(&text).unwrap_or_else(|error| panic!("{name}: {error}")) }
    }

    /// `(logical id, properties)` of the resources of a type.
    pub fn resources(&self, kind: &str) -> Vec<(&str, &Value)> {
        let all = self.document["Resources"].as_mapping().expect("Resources");
        let of_kind = all.iter().filter(|(_, resource)| resource["Type"] == kind);
        of_kind.map(|(id, resource)| (id.as_str().unwrap(), &resource["Properties"])).collect()
    }

    pub fn functions(&self) -> Vec<Function<'_>> {
        let functions = self.resources("AWS::Serverless::Function");
        functions.into_iter().map(|(name, properties)| Function { name, properties }).collect()
    }

    /// The variables that all of its functions have.
    pub fn global_variables(&self) -> &Value {
        &self.document["Globals"]["Function"]["Environment"]["Variables"]
    }

    /// How long a function may take, in seconds.
    pub fn timeout(&self, function: &Function<'_>) -> u64 {
        let own = &function.properties["Timeout"];
        let timeout = if own.is_null() { &self.document["Globals"]["Function"]["Timeout"] } else { own };
        timeout.as_u64().unwrap_or_else(|| panic!("{} has no Timeout", function.name))
    }

    pub fn mappings(&self) -> Vec<Mapping<'_>> {
        let mappings = self.resources("AWS::Lambda::EventSourceMapping");
        mappings.into_iter().map(|(name, properties)| Mapping { name, properties }).collect()
    }

    /// The logical ids of the world's own tables.
    pub fn tables(&self) -> BTreeSet<&str> {
        self.resources("AWS::DynamoDB::Table").into_iter().map(|(id, _)| id).collect()
    }
}

impl Function<'_> {
    /// The binary that its `CodeUri` names.
    /// The name by which its context's program knows it.
    pub fn handler(&self) -> &str {
        self.properties["Handler"].as_str().unwrap_or_else(|| panic!("{} has no Handler", self.name))
    }

    /// The program that it is a part of: its context's.
    pub fn program(&self) -> &str {
        let uri = self.properties["CodeUri"].as_str().unwrap_or_else(|| panic!("{} has no CodeUri", self.name));
        uri.trim_end_matches('/').rsplit('/').next().unwrap()
    }

    pub fn variables(&self) -> BTreeMap<&str, &Value> {
        let variables = self.properties["Environment"]["Variables"].as_mapping();
        variables.into_iter().flatten().map(|(name, value)| (name.as_str().unwrap(), value)).collect()
    }

    /// `(event name, type, properties)` of its triggers.
    pub fn events(&self) -> Vec<(&str, &str, &Value)> {
        let events = self.properties["Events"].as_mapping();
        events
            .into_iter()
            .flatten()
            .map(|(name, event)| (name.as_str().unwrap(), event["Type"].as_str().unwrap(), &event["Properties"]))
            .collect()
    }

    /// Its HTTP routes, the default one left out.
    pub fn http_routes(&self) -> Vec<Route> {
        let http = self.events().into_iter().filter(|(_, kind, _)| *kind == "HttpApi");
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        http.filter(|(_, _, event)| event["Path"] != "$default")
            .map(|(_, _, event)| Route {
                world: "",
                method: text(&event["Method"]),
                pattern: text(&event["Path"]),
                guarded: event["Auth"]["Authorizer"].as_str().is_some_and(|name| name != "NONE"),
            })
            .collect()
    }

    /// `GET /path` of its HTTP routes, the default one left out.
    pub fn routes(&self) -> Vec<String> {
        self.http_routes().iter().map(|route| format!("{} {}", route.method, route.pattern)).collect()
    }
}

impl Mapping<'_> {
    /// Whether it calls this function.
    pub fn reads_for(&self, function: &str) -> bool {
        mentions(&self.properties["FunctionName"], function)
    }

    /// The logical id of what it reads: the table of a stream, or the queue.
    pub fn source(&self) -> String {
        texts(&self.properties["EventSourceArn"])[0].split('.').next().unwrap().to_owned()
    }
}

/// All texts in a value, those behind `!Ref`, `!GetAtt` and `!Sub` too.
pub fn texts(value: &Value) -> Vec<String> {
    match value {
        Value::String(text) => vec![text.clone()],
        Value::Sequence(items) => items.iter().flat_map(texts).collect(),
        Value::Mapping(map) => map.values().flat_map(texts).collect(),
        Value::Tagged(tagged) => texts(&tagged.value),
        _ => Vec::new(),
    }
}

/// The logical ids that texts refer to: `Table`, `Table.Arn`, `${Table.Arn}/index/x`.
pub fn mentions(value: &Value, id: &str) -> bool {
    let is_it = |text: &str| text == id || text.strip_prefix(id).is_some_and(|rest| rest.starts_with('.'));
    texts(value).iter().any(|text| {
        is_it(text) || text.split("${").skip(1).any(|part| is_it(part.split('}').next().unwrap_or_default()))
    })
}
