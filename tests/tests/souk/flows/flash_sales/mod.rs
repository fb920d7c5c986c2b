//! Flash sales: the operator's, the shopper's and the crowd's view.

mod buying;
mod crowd;
mod operating;
mod refusals;
