//! The host with a real bootstrap program, over HTTP.
#![forbid(unsafe_code)]
#![expect(clippy::unwrap_used, reason = "a test that cannot go on panics")]

use std::{
    fs,
    os::unix::fs::PermissionsExt as _,
    path::Path,
    sync::atomic::{AtomicU64, Ordering},
    time::Duration,
};

use serde_json::{Value, json};
use souk_host::{config::Config, serve};
use tempfile::TempDir;
use tokio::{sync::oneshot, time::Instant};

const PATIENCE: Duration = Duration::from_secs(20);

struct Host {
    url: String,
    folder: TempDir,
    _stop: oneshot::Sender<()>,
}

impl Host {
    async fn with(change: impl FnOnce(&mut Config)) -> Self {
        let mut config = Config { port: 0, slots: 4, idle: 10, idle_seconds: 60, patience_seconds: 60 };
        change(&mut config);
        let (ready, port) = oneshot::channel();
        let (stop, stopped) = oneshot::channel::<()>();
        tokio::spawn(serve(config, |port| ready.send(port).unwrap(), async { drop(stopped.await) }));
        let folder = tempfile::tempdir().unwrap();
        let bootstrap = folder.path().join("bootstrap");
        fs::write(&bootstrap, include_str!("bootstrap.py")).unwrap();
        fs::set_permissions(&bootstrap, fs::Permissions::from_mode(0o755)).unwrap();
        Self { url: format!("http://127.0.0.1:{}", port.await.unwrap()), folder, _stop: stop }
    }

    async fn define(&self, name: &str, timeout_seconds: u64, more: Value) {
        let path = std::env::var("PATH").unwrap();
        let mut environment = json!({ "NAME": name, "PATH": path });
        environment.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        let definition =
            json!({ "folder": self.folder.path(), "environment": environment, "timeout_seconds": timeout_seconds });
        let answer = reqwest::Client::new().put(self.function(name)).json(&definition).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    fn function(&self, name: &str) -> String {
        format!("{}/functions/{name}", self.url)
    }

    /// The status, the report and the function's answer.
    async fn invoke(&self, name: &str, event: Value) -> (u16, Value, Value) {
        static NEXT: AtomicU64 = AtomicU64::new(1);
        let request_id = format!("r-{}", NEXT.fetch_add(1, Ordering::Relaxed));
        let order = json!({ "request_id": request_id, "function_arn": "arn", "trace_id": null });
        let url = format!("{}/invocations", self.function(name));
        let answer = reqwest::Client::new().post(url).body(format!("{order}\n{event}")).send().await.unwrap();
        let status = answer.status().as_u16();
        let text = answer.text().await.unwrap();
        let (report, payload) = text.split_once('\n').unwrap_or_default();
        (status, serde_json::from_str(report).unwrap_or_default(), serde_json::from_str(payload).unwrap_or_default())
    }
}

/// Whether a process runs; one that has ended and was not waited for does not.
fn runs(pid: &Value) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat")).is_ok_and(|stat| !stat.contains(") Z "))
}

async fn eventually(what: &str, is_so: impl Fn() -> bool) {
    let deadline = Instant::now() + PATIENCE;
    while !is_so() {
        assert!(Instant::now() < deadline, "{what}: not within {PATIENCE:?}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn one_instance_serves_one_invocation_after_another_and_its_lines_are_told() {
    let host = Host::with(|_| ()).await;
    host.define("f", 20, json!({})).await;
    let (status, report, first) = host.invoke("f", json!({ "print": "hello" })).await;
    assert_eq!((status, &report["failed"], &report["log"]), (200, &json!(false), &json!("hello")));
    assert_eq!(first["name"], "f");
    let (_, report, second) = host.invoke("f", json!({ "print": "again" })).await;
    assert_eq!(report["log"], "again");
    assert_eq!(first["pid"], second["pid"]);
}

#[tokio::test]
async fn a_failure_is_the_functions_and_its_instance_goes_on() {
    let host = Host::with(|_| ()).await;
    host.define("f", 20, json!({})).await;
    let (_, _, before) = host.invoke("f", json!({})).await;
    let (_, report, answer) = host.invoke("f", json!({ "fail": "no such order" })).await;
    assert_eq!(report["failed"], true);
    assert_eq!(answer["errorMessage"], "no such order");
    let (_, _, after) = host.invoke("f", json!({})).await;
    assert_eq!(before["pid"], after["pid"]);
}

#[tokio::test]
async fn an_instance_that_takes_too_long_is_ended() {
    let host = Host::with(|_| ()).await;
    host.define("f", 1, json!({})).await;
    let (_, _, before) = host.invoke("f", json!({})).await;
    let (_, report, answer) = host.invoke("f", json!({ "wait_for": "/never", "print": "begun" })).await;
    assert_eq!((&report["failed"], &report["log"]), (&json!(true), &json!("begun")));
    assert_eq!(answer["errorType"], "Sandbox.Timedout");
    assert!(!runs(&before["pid"]), "it still runs");
    let (status, _, after) = host.invoke("f", json!({})).await;
    assert_eq!(status, 200);
    assert_ne!(before["pid"], after["pid"]);
}

#[tokio::test]
async fn an_instance_that_ends_fails_its_invocation_at_once() {
    let host = Host::with(|_| ()).await;
    host.define("f", 600, json!({})).await;
    let (_, report, answer) = host.invoke("f", json!({ "exit": true })).await;
    assert_eq!(report["failed"], true);
    assert_eq!(answer["errorType"], "Runtime.ExitError");
}

#[tokio::test]
async fn what_cannot_start_says_why() {
    let host = Host::with(|_| ()).await;
    host.define("f", 20, json!({ "CANNOT_START": "1" })).await;
    let (_, report, answer) = host.invoke("f", json!({})).await;
    assert_eq!((&report["failed"], &answer["errorMessage"]), (&json!(true), &json!("no settings")));
    fs::remove_file(host.folder.path().join("bootstrap")).unwrap();
    host.define("g", 20, json!({})).await;
    let (_, report, answer) = host.invoke("g", json!({})).await;
    assert_eq!((&report["failed"], &answer["errorType"]), (&json!(true), &json!("Runtime.InvalidEntrypoint")));
    assert_eq!(host.invoke("nobody said what this is", json!({})).await.0, 404);
}

#[tokio::test]
async fn a_crowd_stands_in_line_and_who_waits_too_long_is_refused() {
    let host = Host::with(|config| (config.slots, config.patience_seconds) = (1, 1)).await;
    host.define("f", 60, json!({})).await;
    let go = host.folder.path().join("go");
    let (first, second) = tokio::join!(host.invoke("f", json!({ "wait_for": go, "print": "in" })), async {
        // Whichever of both is second in line is refused after its second.
        let refused = host.invoke("f", json!({ "wait_for": go })).await;
        fs::write(&go, "").unwrap();
        refused
    });
    assert_eq!((first.0, second.0), (200, 429));
    assert_eq!(host.invoke("f", json!({})).await.0, 200);
}

#[tokio::test]
async fn idle_instances_are_ended_but_the_last_of_their_function() {
    let host = Host::with(|config| config.idle_seconds = 0).await;
    host.define("f", 60, json!({})).await;
    let go = host.folder.path().join("go");
    let (one, two, ()) =
        tokio::join!(host.invoke("f", json!({ "wait_for": go })), host.invoke("f", json!({ "wait_for": go })), async {
            fs::write(&go, "").unwrap()
        });
    let pids = [one.2["pid"].clone(), two.2["pid"].clone()];
    let running = || pids.iter().filter(|pid| runs(pid)).count();
    eventually("one is left", || running() <= 1).await;
    assert_eq!(running(), 1);
    reqwest::Client::new().delete(host.function("f")).send().await.unwrap();
    eventually("none is left", || running() == 0).await;
}

#[tokio::test]
async fn an_instance_that_died_while_idle_is_not_asked() {
    let host = Host::with(|_| ()).await;
    host.define("f", 60, json!({})).await;
    let (_, _, before) = host.invoke("f", json!({})).await;
    let killed = std::process::Command::new("kill").args(["-KILL", &before["pid"].to_string()]).status().unwrap();
    assert!(killed.success());
    eventually("it is gone", || !Path::new(&format!("/proc/{}/fd/0", before["pid"])).exists()).await;
    let (status, report, after) = host.invoke("f", json!({})).await;
    assert_eq!((status, &report["failed"]), (200, &json!(false)));
    assert_ne!(before["pid"], after["pid"]);
}
