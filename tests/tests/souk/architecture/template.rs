//! Reading the templates: a world's own, and those of its contexts that are nested in it.

use std::collections::{BTreeMap, BTreeSet};

use serde_yaml_ng::Value;
use souk_testkit::templates;

/// One template with those nested in it.
pub struct Template {
    pub name: &'static str,
    /// The template itself.
    pub document: Value,
    /// What is nested in it.
    pub nested: Vec<Value>,
}

/// One Lambda of a template.
pub struct Function<'a> {
    pub name: &'a str,
    pub properties: &'a Value,
    /// The template in which it stands.
    document: &'a Value,
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
    /// `GET /path`, with its parameters in braces.
    pub fn key(&self) -> String {
        format!("{} {}", self.method, self.pattern)
    }

    /// A path of this route, each parameter replaced.
    pub fn path(&self, parameter: &str) -> String {
        let segments = self.pattern.split('/').map(|part| if part.starts_with('{') { parameter } else { part });
        segments.collect::<Vec<_>>().join("/")
    }
}

impl Template {
    pub fn read(name: &'static str) -> Self {
        let mut documents = templates::read_with_nested(name);
        let nested = documents.split_off(1);
        Self { name, document: documents.remove(0), nested }
    }

    /// The template and those nested in it.
    pub fn documents(&self) -> impl Iterator<Item = &Value> {
        std::iter::once(&self.document).chain(&self.nested)
    }

    /// `(logical id, properties)` of the resources of a type, nested ones too.
    pub fn resources(&self, kind: &str) -> Vec<(&str, &Value)> {
        self.documents().flat_map(|document| templates::resources(document, kind)).collect()
    }

    pub fn functions(&self) -> Vec<Function<'_>> {
        let of_document = self.documents().map(|document| {
            let functions = templates::resources(document, "AWS::Serverless::Function").into_iter();
            functions.map(move |(name, properties)| Function { name, properties, document })
        });
        of_document.flatten().collect()
    }

    /// The triggers that are resources of their own.
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
    /// The name by which its context's program knows it.
    pub fn handler(&self) -> &str {
        self.properties["Handler"].as_str().unwrap_or_else(|| panic!("{} has no Handler", self.name))
    }

    /// The program that it is a part of: its context's.
    pub fn program(&self) -> &str {
        let uri = self.properties["CodeUri"].as_str().unwrap_or_else(|| panic!("{} has no CodeUri", self.name));
        uri.trim_end_matches('/').rsplit('/').next().unwrap()
    }

    /// What all functions of its template have.
    pub fn globals(&self) -> &Value {
        &self.document["Globals"]["Function"]
    }

    /// How long it may take, in seconds.
    pub fn timeout(&self) -> u64 {
        let own = self.properties["Timeout"].as_u64();
        own.or_else(|| self.globals()["Timeout"].as_u64()).expect("a timeout")
    }

    pub fn variables(&self) -> BTreeMap<&str, &Value> {
        let variables = self.properties["Environment"]["Variables"].as_mapping();
        variables.into_iter().flatten().map(|(name, value)| (name.as_str().unwrap(), value)).collect()
    }

    /// `(event name, type)` of the triggers that it names itself.
    pub fn events(&self) -> Vec<(&str, &str)> {
        let events = self.properties["Events"].as_mapping().into_iter().flatten();
        events.map(|(name, event)| (name.as_str().unwrap(), event["Type"].as_str().unwrap())).collect()
    }

    /// The keys of its routes, and whether an authorizer stands before them.
    fn route_keys(&self) -> Vec<(&str, bool)> {
        let id = format!("{}Route", self.name);
        let alone = templates::resources(self.document, "AWS::ApiGatewayV2::Route").into_iter();
        let alone =
            alone.filter(|(name, _)| *name == id).map(|(_, route)| (route["RouteKey"].as_str().unwrap(), route));
        // A loop makes the others: [Function, [names], {"${Function}Route": …}].
        let made = self.document["Resources"]["Fn::ForEach::Routes"].as_sequence();
        let made = made.filter(|parts| texts(&parts[1]).iter().any(|name| name == self.name)).map(|parts| {
            let key = &self.document["Mappings"]["Routes"][self.name]["Key"];
            let key = key.as_str().unwrap_or_else(|| panic!("{} has no route", self.name));
            (key, &parts[2]["${Function}Route"]["Properties"])
        });
        alone.chain(made).map(|(key, route)| (key, !route["AuthorizerId"].is_null())).collect()
    }

    /// Its HTTP routes, the default one left out, and those for HEAD, which repeat what is said of GET.
    pub fn http_routes(&self) -> Vec<Route> {
        self.routes_of(self.route_keys())
    }

    /// Its routes for HEAD: those spelt out, and those that a second loop makes of the same mapping.
    pub fn head_routes(&self) -> Vec<Route> {
        let id = format!("{}HeadRoute", self.name);
        let alone = templates::resources(self.document, "AWS::ApiGatewayV2::Route").into_iter();
        let alone = alone.filter(|(name, _)| *name == id).map(|(_, route)| {
            let key = route["RouteKey"].as_str().unwrap().strip_prefix("HEAD").expect("HEAD");
            (format!("GET{key}"), route)
        });
        let made = self.document["Resources"]["Fn::ForEach::HeadRoutes"].as_sequence();
        let made = made.filter(|parts| texts(&parts[1]).iter().any(|name| name == self.name)).map(|parts| {
            let route = &parts[2]["${Function}HeadRoute"]["Properties"];
            assert_eq!(texts(&route["RouteKey"]), ["HEAD", "GET", "Routes", "Function", "Key"], "{}", self.name);
            (self.document["Mappings"]["Routes"][self.name]["Key"].as_str().unwrap().to_owned(), route)
        });
        let keys: Vec<_> = alone.chain(made).map(|(key, route)| (key, !route["AuthorizerId"].is_null())).collect();
        self.routes_of(keys.iter().map(|(key, guarded)| (key.as_str(), *guarded)).collect())
    }

    fn routes_of(&self, keys: Vec<(&str, bool)>) -> Vec<Route> {
        let keys = keys.into_iter().filter_map(|(key, guarded)| Some((key.split_once(' ')?, guarded)));
        keys.map(|((method, pattern), guarded)| Route {
            world: "",
            method: method.to_owned(),
            pattern: pattern.to_owned(),
            guarded,
        })
        .collect()
    }

    /// Whether an API calls it.
    pub fn is_routed(&self) -> bool {
        !self.route_keys().is_empty()
    }
}

impl Mapping<'_> {
    /// Whether it calls this function.
    pub fn reads_for(&self, function: &str) -> bool {
        mentions(&self.properties["FunctionName"], function)
    }

    /// The logical id of what it reads: the table of a stream (`OrdersTable` of `OrdersTableStream`), or the queue.
    pub fn source(&self) -> String {
        texts(&self.properties["EventSourceArn"])[0].split('.').next().unwrap().trim_end_matches("Stream").to_owned()
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
