//! Instances that wait for work.

use std::{
    collections::HashMap,
    time::{Duration, Instant},
};

use crate::instance::Instance;

/// The instances that wait for work, by function, the one that worked last behind.
#[derive(Debug, Default)]
pub struct Idle {
    instances: HashMap<String, Vec<(Instant, Instance)>>,
}

impl Idle {
    /// The instance that worked last: the others may grow old and be ended. One that ended by itself is dropped.
    pub fn take(&mut self, function: &str) -> Option<Instance> {
        let instances = self.instances.get_mut(function)?;
        std::iter::from_fn(|| instances.pop()).find_map(|(_, mut instance)| (!instance.has_ended()).then_some(instance))
    }

    /// Keeps an instance, and returns the one that has waited longest where there are more than `most`.
    #[must_use]
    pub fn keep(&mut self, function: &str, instance: Instance, most: usize) -> Option<Instance> {
        self.instances.entry(function.to_owned()).or_default().push((Instant::now(), instance));
        if self.instances.values().map(Vec::len).sum::<usize>() <= most {
            return None;
        }
        let oldest = self.instances.iter().filter_map(|(name, found)| Some((found.first()?.0, name.clone()))).min()?.1;
        Some(self.instances.get_mut(&oldest)?.remove(0).1)
    }

    /// Takes out what has waited for so long, but the last of each function.
    #[must_use]
    pub fn take_aged(&mut self, age: Duration) -> Vec<Instance> {
        let aged = self.instances.values_mut().flat_map(|instances| {
            let spare = instances.len().saturating_sub(1);
            let old = instances[..spare].iter().take_while(|(since, _)| since.elapsed() > age).count();
            instances.drain(..old)
        });
        aged.map(|(_, instance)| instance).collect()
    }

    /// Takes out all of the functions that are meant.
    #[must_use]
    pub fn take_all(&mut self, is_meant: impl Fn(&str) -> bool) -> Vec<Instance> {
        let meant: Vec<_> = self.instances.keys().filter(|name| is_meant(name)).cloned().collect();
        meant.iter().filter_map(|name| self.instances.remove(name)).flatten().map(|(_, instance)| instance).collect()
    }
}
