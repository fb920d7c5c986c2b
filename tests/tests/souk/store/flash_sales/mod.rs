//! Flash sales: every write's condition and what its failure means, lost answers, and many at once.

mod audit;
mod claims;
mod closing;
mod conductor;
mod definition;
mod figures;
mod lost_answers;
mod market;
mod races;
mod releases;
mod rush;
mod sweep;
mod transitions;
mod waiting_room;
