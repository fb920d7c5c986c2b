//! Subscriptions, and what is delivered to them: once planned however often it is published, sent until it is taken.

mod figures;
mod operating;
mod refusals;
mod sending;
mod stage;
