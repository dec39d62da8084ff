//! Progress, written to the database as it is made.

use super::sharing::Sharing;
use crate::judging::{Interrupted, Left, ProgressSink, Turn};
use judge_types::{CompileResult, RunResult};
use store::{
    AnyConnection,
    leases::{Lease, LeaseError},
};

/// Writes each step through the lease.
pub(super) struct Recorder<'a, 's> {
    pub(super) connection: &'a mut AnyConnection,
    pub(super) lease: Lease,
    pub(super) sharing: &'a mut Sharing<'s>,
}

impl ProgressSink for Recorder<'_, '_> {
    fn compiled(&mut self, result: &CompileResult) -> Result<(), Interrupted> {
        self.sharing.compiled(result);
        self.lease.compiled(self.connection, result).map_err(interrupted)
    }

    fn ran(&mut self, result: &RunResult, total: u32) -> Result<(), Interrupted> {
        self.lease.add_run(self.connection, result, total).map_err(interrupted)
    }

    fn turn(&mut self, left: &Left<'_>) -> Result<Turn, Interrupted> {
        self.sharing.turn(self.connection, &self.lease, left)
    }

    fn judged(&mut self, ordinal: u32, result: &str, decides: bool) -> Result<(), Interrupted> {
        self.sharing.judged(self.connection, ordinal, result, decides)
    }

    fn failed_ahead(&mut self) -> Result<(), Interrupted> {
        self.sharing.failed_ahead(self.connection)
    }
}

/// A lost lease stops the judging; a database that fails is a judging error.
pub(super) fn interrupted(error: LeaseError) -> Interrupted {
    match error {
        LeaseError::Lost(_) => Interrupted::Stopped,
        LeaseError::Database(error) => super::storage(&error).into(),
    }
}
