//! Which I/O point was hit by which fault.

use std::{collections::BTreeMap, fmt::Write as _};

use crate::{
    fault::{Aim, Fault, Point},
    points,
    subject::Subject,
};

/// Hits per point and fault; `None` counts the requests that nothing happened to.
#[derive(Debug, Clone, Default)]
pub struct Hits(BTreeMap<Point, BTreeMap<Option<Fault>, u64>>);

impl Hits {
    /// Counts one request.
    pub fn count(&mut self, point: Point, fault: Option<Fault>) {
        *self.0.entry(point).or_default().entry(fault).or_default() += 1;
    }

    /// Adds another run's.
    pub fn add(&mut self, other: Self) {
        for (point, faults) in other.0 {
            let mine = self.0.entry(point).or_default();
            for (fault, count) in faults {
                *mine.entry(fault).or_default() += count;
            }
        }
    }

    /// How many faults there were.
    pub fn faults(&self) -> u64 {
        self.0.values().flatten().filter(|(fault, _)| fault.is_some()).map(|(_, count)| count).sum()
    }

    /// How many requests there were.
    pub fn requests(&self) -> u64 {
        self.0.values().flat_map(BTreeMap::values).sum()
    }

    /// The expected points that were never reached, and their cells that were never hit.
    pub fn missing(&self, subject: Subject) -> Vec<String> {
        let is_reached = |expected: &str| self.0.keys().any(|point| point.to_string() == expected);
        let unreached = points::all(subject).filter(|expected| !is_reached(expected));
        let unreached = unreached.map(|expected| format!("{expected}: never reached"));
        let unhit =
            self.unhit(subject).into_iter().map(|Aim { point, fault }| format!("{point}: never hit by \"{fault}\""));
        unreached.chain(unhit).collect()
    }

    /// Faults that expected points were reached by requests without.
    pub fn unhit(&self, subject: Subject) -> Vec<Aim> {
        let expected: Vec<&str> = points::all(subject).collect();
        let mut unhit = Vec::new();
        for (point, faults) in self.0.iter().filter(|(point, _)| expected.contains(&point.to_string().as_str())) {
            let never = |fault: &Fault| fault.applies_to(point) && !faults.contains_key(&Some(*fault));
            unhit.extend(Fault::ALL.into_iter().filter(never).map(|fault| Aim { point: point.to_string(), fault }));
        }
        unhit
    }

    /// Points by faults, for people.
    pub fn table(&self) -> String {
        let mut text = format!("{:<78}{:>9}", "I/O point", "requests");
        for fault in Fault::ALL {
            let _infallible = write!(text, "{fault:>14}");
        }
        text.push('\n');
        for (point, faults) in &self.0 {
            let _infallible = write!(text, "{point:<78}{:>9}", faults.values().sum::<u64>());
            for fault in Fault::ALL {
                let cell = match faults.get(&Some(fault)) {
                    _ if !fault.applies_to(point) => "-".to_owned(),
                    Some(count) => count.to_string(),
                    None => "0".to_owned(),
                };
                let _infallible = write!(text, "{cell:>14}");
            }
            text.push('\n');
        }
        text
    }
}
