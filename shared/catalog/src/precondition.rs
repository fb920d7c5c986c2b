/// Why a change was not made: the caller has not seen what they would overwrite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum PreconditionFailure {
    /// It exists and the caller did not say which version they have seen.
    #[error("the version is missing; the present one is {present}")]
    Missing {
        /// The version that is stored.
        present: u64,
    },
    /// It has another version than the caller has seen.
    #[error("the present version is {present}")]
    Stale {
        /// The version that is stored.
        present: u64,
    },
    /// The caller has seen a version of something that does not exist.
    #[error("it does not exist")]
    Absent,
}

/// What a PUT has to do, given what is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Step {
    Create { version: u64 },
    Change { version: u64 },
    Nothing,
}

/// What is stored under the key of a PUT.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stored {
    /// Nothing, ever.
    Never,
    /// Something that was deleted at this version.
    Deleted { version: u64 },
    /// The thing itself.
    Present { version: u64, equal: bool },
}

impl Stored {
    /// The version that a write must find, so that nobody has come in between.
    pub(crate) fn seen(self) -> Option<u64> {
        match self {
            Self::Never => None,
            Self::Deleted { version } | Self::Present { version, .. } => Some(version),
        }
    }
}

/// A version that is given must be the present one, always. Where none is given, putting what is
/// there already is no change: so a client whose answer to a creation was lost may repeat it.
pub(crate) fn step(stored: Stored, if_match: Option<u64>) -> Result<Step, PreconditionFailure> {
    match (stored, if_match) {
        (Stored::Never | Stored::Deleted { .. }, Some(_)) => Err(PreconditionFailure::Absent),
        (Stored::Never, None) => Ok(Step::Create { version: 1 }),
        (Stored::Deleted { version }, None) => Ok(Step::Create { version: version + 1 }),
        (Stored::Present { version, .. }, Some(seen)) if seen != version => {
            Err(PreconditionFailure::Stale { present: version })
        }
        (Stored::Present { equal: true, .. }, _) => Ok(Step::Nothing),
        (Stored::Present { version, .. }, None) => Err(PreconditionFailure::Missing { present: version }),
        (Stored::Present { version, .. }, Some(_)) => Ok(Step::Change { version: version + 1 }),
    }
}

/// What is put by its version, and never deleted.
pub(crate) trait Versioned {
    /// What an operator decides.
    type Details: PartialEq;

    fn version(&self) -> u64;
    fn details(&self) -> &Self::Details;
}

/// What a PUT of something that is never deleted has to do.
pub(crate) enum Plan<T> {
    /// It is there and equal.
    Keep(T),
    /// It is to be written as this version, where the one that was seen is still there.
    Write { seen: Option<u64>, version: u64 },
}

/// [`step`], for what is stored as the thing itself.
pub(crate) fn plan<T: Versioned>(
    present: Option<T>,
    details: &T::Details,
    if_match: Option<u64>,
) -> Result<Plan<T>, PreconditionFailure> {
    let stored = match &present {
        None => Stored::Never,
        Some(found) => Stored::Present { version: found.version(), equal: found.details() == details },
    };
    Ok(match (step(stored, if_match)?, present) {
        (Step::Create { version } | Step::Change { version }, _) => Plan::Write { seen: stored.seen(), version },
        (Step::Nothing, Some(found)) => Plan::Keep(found),
        // Nothing is done only for what is there.
        (Step::Nothing, None) => Plan::Write { seen: None, version: 1 },
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn creating_needs_no_version_and_continues_where_a_deleted_one_stopped() {
        assert_eq!(step(Stored::Never, None), Ok(Step::Create { version: 1 }));
        assert_eq!(step(Stored::Deleted { version: 4 }, None), Ok(Step::Create { version: 5 }));
        assert_eq!(step(Stored::Deleted { version: 4 }, Some(4)), Err(PreconditionFailure::Absent));
    }

    #[test]
    fn changing_needs_the_present_version() {
        let stored = Stored::Present { version: 3, equal: false };
        assert_eq!(step(stored, None), Err(PreconditionFailure::Missing { present: 3 }));
        assert_eq!(step(stored, Some(2)), Err(PreconditionFailure::Stale { present: 3 }));
        assert_eq!(step(stored, Some(3)), Ok(Step::Change { version: 4 }));
    }

    #[test]
    fn an_equal_put_changes_nothing_but_a_stale_version_is_still_refused() {
        let stored = Stored::Present { version: 3, equal: true };
        assert_eq!(step(stored, None), Ok(Step::Nothing));
        assert_eq!(step(stored, Some(3)), Ok(Step::Nothing));
        assert_eq!(step(stored, Some(2)), Err(PreconditionFailure::Stale { present: 3 }));
    }
}
