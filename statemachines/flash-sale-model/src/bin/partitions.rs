//! Prints how many claims a second the partitions of a table carry, and draws it.
#![forbid(unsafe_code)]

use std::{fmt::Write, process::ExitCode};

use souk_flash_sale_model::partitions::{Carried, Layout, MOST_SHARDS, shards_for};

const UNITS: usize = 10_000;
const PARTITIONS: [usize; 4] = [4, 32, 100, 256];
const TRIALS: usize = 4_001;
const SEED: u64 = 1;
/// Claims a second that the waiting room lets through.
const WANTED: f64 = 20_000.0;
const SHARDS: [usize; 12] = [1, 4, 16, 32, 64, 100, 150, 200, 313, 417, 625, 1_000];
const DRAWING: &str = "target/sale-partitions.svg";

fn main() -> ExitCode {
    table();
    needed();
    curve();
    if let Err(error) = std::fs::create_dir_all("target").and_then(|()| std::fs::write(DRAWING, drawing())) {
        eprintln!("{DRAWING} was not written: {error}");
        return ExitCode::FAILURE;
    }
    println!("\nThe same as a drawing: {DRAWING}");
    ExitCode::SUCCESS
}

fn table() {
    println!(
        "Claims a second until the first partition is full, {UNITS} units, {TRIALS} hashings: median / 5th percentile\n"
    );
    println!("| | {} |\n|---|{}", PARTITIONS.map(|p| format!("P = {p}")).join(" | "), "---|".repeat(PARTITIONS.len()));
    for layout in Layout::all(UNITS) {
        let cells = PARTITIONS.map(|partitions| {
            let Carried { median, unlucky, .. } = layout.carries(partitions, TRIALS, SEED);
            format!("{median:.0} / {unlucky:.0}")
        });
        println!("| {} ({}) | {} |", layout.name, layout.counters, cells.join(" | "));
    }
}

fn needed() {
    println!("\nShards that carry {WANTED} claims a second at the median, so many or more of them:");
    for partitions in [4, 20, 32, 64, 100, 256] {
        match shards_for(WANTED, partitions, 501, SEED) {
            Some(shards) => println!("  {partitions:>3} partitions: {shards}"),
            None => println!("  {partitions:>3} partitions: not even {MOST_SHARDS}"),
        }
    }
}

fn curve() {
    println!("\nClaims a second by shards, at the median; each # is 1,500:");
    for partitions in PARTITIONS {
        println!("  P = {partitions}");
        for (shards, claims) in points(partitions) {
            println!("  {shards:>6} {claims:>7.0} {}", "#".repeat((claims / 1_500.0).round() as usize));
        }
    }
}

fn points(partitions: usize) -> Vec<(usize, f64)> {
    let layout = |counters| Layout { name: "", counters, counter_units: 1.0, claim_units: 0.0 };
    SHARDS.iter().map(|shards| (*shards, layout(*shards).carries(partitions, 1_001, SEED).median)).collect()
}

/// Both axes are linear: shards to the right, claims a second upwards.
fn drawing() -> String {
    const WIDTH: f64 = 800.0;
    const HEIGHT: f64 = 500.0;
    const TOP: f64 = 110_000.0;
    let place = |shards: usize, claims: f64| {
        (40.0 + shards as f64 / 1_000.0 * (WIDTH - 120.0), HEIGHT - 30.0 - claims / TOP * (HEIGHT - 60.0))
    };
    let mut svg = format!(
        r#"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" font-family="sans-serif" font-size="12">"#
    );
    let (left, right) = (place(0, WANTED), place(1_000, WANTED));
    let mut line = |points: &str, colour: &str| {
        let _ = write!(svg, r#"<polyline points="{points}" fill="none" stroke="{colour}"/>"#);
    };
    line(&format!("{},{} {},{}", left.0, left.1, right.0, right.1), "grey");
    for (partitions, colour) in PARTITIONS.into_iter().zip(["firebrick", "darkorange", "seagreen", "royalblue"]) {
        let points: Vec<_> = points(partitions).into_iter().map(|(shards, claims)| place(shards, claims)).collect();
        line(&points.iter().map(|(x, y)| format!("{x:.1},{y:.1}")).collect::<Vec<_>>().join(" "), colour);
    }
    for partitions in PARTITIONS {
        let end = points(partitions).last().map(|(shards, claims)| place(*shards, *claims)).unwrap_or_default();
        let _ = write!(svg, r#"<text x="{:.1}" y="{:.1}">P = {partitions}</text>"#, end.0 + 4.0, end.1);
    }
    let _ = write!(svg, r#"<text x="40" y="16">claims a second by shards (0 to 1,000); grey: 20,000</text></svg>"#);
    svg
}
