//! Progress, written to the database as it is made.

use crate::judging::{Interrupted, ProgressSink};
use judge_types::{CompileResult, RunResult};
use store::{
    AnyConnection,
    leases::{Lease, LeaseError},
};

/// Writes each step through the lease.
pub(super) struct Recorder<'a> {
    pub(super) connection: &'a mut AnyConnection,
    pub(super) lease: Lease,
}

impl ProgressSink for Recorder<'_> {
    fn compiled(&mut self, result: &CompileResult) -> Result<(), Interrupted> {
        self.lease.compiled(self.connection, result).map_err(interrupted)
    }

    fn ran(&mut self, result: &RunResult, total: u32) -> Result<(), Interrupted> {
        self.lease.add_run(self.connection, result, total).map_err(interrupted)
    }
}

/// A lost lease stops the judging; a database that fails is a judging error.
pub(super) fn interrupted(error: LeaseError) -> Interrupted {
    match error {
        LeaseError::Lost(_) => Interrupted::Stopped,
        LeaseError::Database(error) => super::storage(&error).into(),
    }
}
