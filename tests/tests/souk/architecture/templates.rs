//! Lists, templates and routes agree, and each function is granted what it uses and no more.

use std::collections::BTreeSet;

use serde_json::{Value as Json, json};
use serde_yaml_ng::Value;
use souk_testkit::streams::stream_readers;

use super::{
    entries, root,
    template::{Function, Route, mentions, texts, with_functions, worlds},
};

/// A line of a context's list: its program, the function's name, and the path of its handler.
fn lines() -> Vec<(String, String, String)> {
    let of = |program: String| {
        let path = root().join(format!("functions/{program}/src/lib.rs"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let line = |line: &str| {
            let (name, handler) = line.split_once("\" => ")?;
            Some((program.clone(), name.split_once('"')?.1.to_owned(), handler.trim_end_matches(',').to_owned()))
        };
        text.lines().filter_map(line).collect::<Vec<_>>()
    };
    entries("functions").into_iter().flat_map(of).collect()
}

/// The functions that the contexts list, as `(program, function)`.
fn listed() -> BTreeSet<(String, String)> {
    lines().into_iter().map(|(program, name, _)| (program, name)).collect()
}

/// `place-order` is in `…/place_order.rs`; of a name's beginning, such as `admin-` or `saga-`, a folder may be made.
#[test]
fn a_handlers_file_is_called_as_its_function_is() {
    for (program, name, handler) in lines() {
        let modules = handler.trim_end_matches("::handle");
        let (folder, file) = modules.rsplit_once("::").unwrap_or_default();
        let file = if folder.is_empty() { modules } else { file };
        let expected = name.replace('-', "_");
        let is_called_so = file == expected || expected == format!("{folder}_{file}");
        assert!(is_called_so, "{program}: {name} is in {modules}");
    }
}

#[test]
fn every_listed_function_is_deployed_and_every_deployed_one_is_listed() {
    let worlds = with_functions();
    let functions = worlds.iter().flat_map(|world| world.functions());
    let deployed = functions.map(|function| (function.program().to_owned(), function.handler().to_owned())).collect();
    let listed = listed();
    let only_in = |these: &BTreeSet<_>, others: &BTreeSet<_>| these.difference(others).cloned().collect::<Vec<_>>();
    assert_eq!(only_in(&listed, &deployed), [], "listed in functions/*/src/lib.rs, in no template");
    assert_eq!(only_in(&deployed, &listed), [], "in a template, listed in no functions/*/src/lib.rs");
    assert!(listed.len() > 50);
}

#[test]
fn one_function_one_route() {
    for world in worlds() {
        let routes: Vec<Route> = world.functions().iter().flat_map(Function::http_routes).collect();
        let distinct: BTreeSet<_> = routes.iter().map(Route::key).collect();
        assert_eq!(routes.len(), distinct.len(), "{}: a route is taken twice", world.name);
        for function in world.functions() {
            assert!(function.http_routes().len() <= 1, "{} has several routes", function.name);
        }
    }
}

#[test]
fn head_is_wherever_get_is_and_asks_for_the_same_token() {
    let told = |routes: Vec<Route>| routes.iter().map(|route| (route.key(), route.guarded)).collect::<Vec<_>>();
    for world in worlds() {
        for function in world.functions() {
            let gets = function.http_routes().into_iter().filter(|route| route.method == "GET").collect();
            assert_eq!(told(function.head_routes()), told(gets), "{}", function.name);
        }
    }
}

/// Guests may browse, look at a sale and fill a cart, and the gateway and the carriers sign their webhooks; everything else
/// needs a user.
#[test]
fn only_these_routes_are_open() {
    let open = |route: &str| {
        let (method, path) = route.split_once(' ').unwrap();
        let guests = ["/products", "/categories", "/collections", "/search", "/cart", "/openapi.json"];
        ["POST /webhooks/payments", "POST /webhooks/carriers/{carrier}"].contains(&route)
            || route == "GET /sales/{sale_id}"
            || (method == "GET" && guests.iter().any(|prefix| path.starts_with(prefix)))
            || path.starts_with("/cart")
    };
    for world in worlds() {
        for function in world.functions() {
            let Some(route) = function.http_routes().pop() else { continue };
            assert_eq!(route.guarded, !open(&route.key()), "{}", route.key());
        }
    }
}

#[test]
fn a_function_is_granted_exactly_the_tables_that_it_names() {
    for world in worlds() {
        for function in world.functions() {
            let statements = statements(&function.properties["Policies"]);
            for table in world.tables() {
                let named = function.variables().values().any(|value| mentions(value, table));
                let granted = statements.iter().any(|statement| mentions(&statement["Resource"], table));
                assert!(
                    named == granted,
                    "{}: {table} is {} but {}",
                    function.name,
                    if named { "in its environment" } else { "not in its environment" },
                    if granted { "granted" } else { "not granted" },
                );
            }
        }
    }
}

#[test]
fn no_policy_grants_everything() {
    for world in with_functions() {
        for function in world.functions() {
            for statement in statements(&function.properties["Policies"]) {
                for text in texts(&statement["Action"]) {
                    assert!(!text.contains('*'), "{}: {text}", function.name);
                }
                for text in texts(&statement["Resource"]) {
                    assert!(text != "*" && !text.ends_with(":*"), "{}: {text}", function.name);
                }
            }
        }
    }
}

fn statements(policies: &Value) -> Vec<&Value> {
    let policies = policies.as_sequence().map(Vec::as_slice).unwrap_or_default();
    policies.iter().filter_map(|policy| policy["Statement"].as_sequence()).flatten().collect()
}

/// As a resource of its own: SAM's event types let a function read every queue or stream of the account.
#[test]
fn queues_and_streams_are_read_by_mappings() {
    for world in worlds() {
        for function in world.functions() {
            for (name, kind) in function.events() {
                assert_eq!(kind, "ScheduleV2", "{}.{name}", function.name);
            }
        }
        assert!(world.mappings().len() > 4, "{}", world.name);
    }
}

/// Lambda reads a shard for two functions; a third one is throttled.
#[test]
fn a_stream_has_two_readers_at_most() {
    for world in worlds() {
        for table in world.tables() {
            let readers = world.mappings().into_iter().filter(|mapping| mapping.source() == table).count();
            assert!(readers <= 2, "{}: {table} has too many readers", world.name);
        }
    }
}

#[test]
fn whatever_consumes_reports_partial_failures_and_has_somewhere_for_poison() {
    for world in worlds() {
        let (queues, functions) = (world.resources("AWS::SQS::Queue"), world.functions());
        for mapping in world.mappings() {
            let (name, event, source) = (mapping.name, mapping.properties, mapping.source());
            assert_eq!(texts(&event["FunctionResponseTypes"]), ["ReportBatchItemFailures"], "{name}");
            if let Some((_, queue)) = queues.iter().find(|(id, _)| *id == source) {
                assert!(!queue["RedrivePolicy"]["deadLetterTargetArn"].is_null(), "{name}: no dead-letter queue");
            } else {
                assert!(world.tables().contains(source.as_str()), "{name}: what is {source}?");
                let function = functions.iter().find(|function| mentions(&event["FunctionName"], function.name));
                assert_sets_aside_whole(function.expect(name), event, name);
            }
        }
    }
}

/// Poison is set aside by the function, so what is retried is an outage: it ends when it ends, and tries
/// are not counted. Before DynamoDB forgets a record, after 24 hours, Lambda has set it aside.
fn assert_sets_aside_whole(function: &Function, event: &Value, place: &str) {
    assert_eq!(event["MaximumRetryAttempts"], -1, "{place}: an outage uses up the tries");
    let age =
        event["MaximumRecordAgeInSeconds"].as_u64().unwrap_or_else(|| panic!("{place}: records never grow too old"));
    assert!((3_600..=23 * 3_600).contains(&age), "{place}: {age}");
    // A record over which the function dies has to be found among the others.
    assert_eq!(event["BisectBatchOnFunctionError"], true, "{place}");
    let bucket = "arn:${AWS::Partition}:s3:::${SetAsideBucket}";
    assert_eq!(texts(&event["DestinationConfig"]["OnFailure"]), [bucket], "{place}: only a bucket keeps the records");
    assert_eq!(texts(function.variables()["SET_ASIDE_BUCKET"]), ["SetAsideBucket"], "{place}");
    for (action, resource) in [("s3:PutObject", format!("{bucket}/*")), ("s3:ListBucket", bucket.to_owned())] {
        let granted = statements(&function.properties["Policies"])
            .iter()
            .any(|statement| texts(&statement["Action"]) == [action] && texts(&statement["Resource"]) == [&*resource]);
        assert!(granted, "{place}: {action} is not granted");
    }
}

/// The deployment runs the index manager where a property of its custom resource has changed.
#[test]
fn a_changed_schema_of_the_search_index_changes_the_deployment() {
    let [discovery, _] = worlds();
    let (_, index) = discovery.resources("Custom::SearchIndex").pop().expect("the search index");
    assert_eq!(
        index["Schema"],
        souk_search::fingerprint().as_str(),
        "set Schema of SearchIndex in discovery/search.yaml"
    );
}

#[test]
fn data_is_encrypted_recoverable_and_billed_by_use() {
    for world in with_functions() {
        for (id, table) in world.resources("AWS::DynamoDB::Table") {
            assert_eq!(table["BillingMode"], "PAY_PER_REQUEST", "{id}");
            assert_eq!(table["SSESpecification"]["SSEEnabled"], true, "{id}");
            assert_eq!(table["PointInTimeRecoverySpecification"]["PointInTimeRecoveryEnabled"], true, "{id}");
        }
        for (id, queue) in world.resources("AWS::SQS::Queue") {
            assert_eq!(queue["SqsManagedSseEnabled"], true, "{id}");
        }
        for (id, group) in world.resources("AWS::Logs::LogGroup") {
            assert!(!group["RetentionInDays"].is_null(), "{id}");
        }
    }
}

/// The rules here read names, so in a nested template everything has the name that it has outside.
#[test]
fn a_nested_template_is_given_things_under_their_names() {
    for world in worlds() {
        for (id, nest) in world.resources("AWS::Serverless::Application") {
            for (name, value) in nest["Parameters"].as_mapping().unwrap() {
                let (name, given) = (name.as_str().unwrap(), texts(value).pop().unwrap());
                let given = given.rsplit_once(".Outputs.").map_or(given.as_str(), |(_, output)| output);
                let is_made_here = ["TableArns", "Routes"].contains(&name);
                assert!(is_made_here || given.replace(".StreamArn", "Stream") == name, "{id}: {name} is {given}");
            }
        }
    }
}

#[test]
fn a_template_fits_into_a_head() {
    for folder in ["infra", "infra/discovery", "infra/transactions"] {
        for file in entries(folder).into_iter().filter(|file| file.ends_with(".yaml")) {
            let lines = std::fs::read_to_string(root().join(folder).join(&file)).unwrap().lines().count();
            assert!(lines <= 600, "{folder}/{file} has {lines} lines: a context of its own?");
        }
    }
}

/// What a function publishes or keeps must reach it; the simulation asks that of whatever else happens.
#[test]
fn a_streams_filters_let_through_what_there_is_to_tell() {
    let readers = stream_readers("transactions");
    let reaches = |function: &str, record: &Json| {
        let reader = readers.iter().find(|reader| reader.function == function).unwrap();
        reader.wants(record)
    };
    let payment = |state: &str, refund: &str| {
        let refunds = json!([{"M": {"state": {"S": "PENDING"}}}, {"M": {"state": {"S": refund}}}]);
        json!({"eventName": "MODIFY", "dynamodb": {
            "Keys": {"id": {"S": "order#1"}}, "NewImage": {"state": {"S": state}, "refunds": {"L": refunds}}}})
    };
    for (record, expected) in [
        (payment("CAPTURED", "PENDING"), false),
        (payment("CAPTURED", "SUCCEEDED"), true),
        (payment("REFUNDED", "FAILED"), true),
        (payment("REQUIRES_ACTION", "PENDING"), true),
        (payment("AUTHORIZED", "PENDING"), false),
    ] {
        assert_eq!(reaches("publish-payments", &record), expected, "{record}");
    }
    let order = |old: Json, new: Json| json!({"eventName": "MODIFY", "dynamodb": {"OldImage": old, "NewImage": new}});
    let confirmed = || json!({"status": {"S": "CONFIRMED"}});
    let with = |mut image: Json, name: &str, value: Json| {
        image[name] = value;
        image
    };
    let (text, number) = (json!({"S": "x"}), json!({"N": "1"}));
    let shortages = json!({"L": [{"M": {"sku": {"S": "BAG"}, "units": {"N": "1"}}}]});
    let delivered = || json!({"status": {"S": "DELIVERED"}});
    // What becomes of it: whether it is published, and whether it is archived.
    for (what, record, expected) in [
        ("confirmed", order(json!({}), with(confirmed(), "unsettled", text.clone())), (true, false)),
        ("settled, labelled or packed", order(confirmed(), confirmed()), (false, false)),
        ("a part has left", order(confirmed(), with(confirmed(), "departed_at", number.clone())), (true, false)),
        ("units are missing", order(confirmed(), with(confirmed(), "shortages", shortages)), (true, false)),
        ("delivered", order(json!({"status": {"S": "SHIPPED"}}), delivered()), (true, true)),
        ("over, and unsettled", order(confirmed(), with(delivered(), "unsettled", text)), (true, false)),
        ("archived", order(delivered(), with(delivered(), "expires_at", number.clone())), (false, false)),
        (
            "corrected when it was archived",
            order(with(delivered(), "expires_at", number.clone()), with(delivered(), "expires_at", number.clone())),
            (true, true),
        ),
    ] {
        let found = (reaches("publish-orders", &record), reaches("archive-orders", &record));
        assert_eq!(found, expected, "{what}");
    }
    let expired = json!({"eventName": "REMOVE", "dynamodb": {"OldImage": with(delivered(), "expires_at", number)}});
    assert!(!reaches("publish-orders", &expired) && !reaches("archive-orders", &expired), "DynamoDB has deleted it");
}
