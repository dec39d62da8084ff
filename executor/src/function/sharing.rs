//! Opening a judgement to others when it takes long, and going on with what they have judged.

use super::{
    FunctionConfig, Notice, compiled, pace::Pace, recorder::interrupted, storage, taken::Taken,
};
use crate::judging::{Interrupted, Left, Turn};
use judge_types::{CompileResult, JudgeTask, JudgementId, JudgingError};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};
use store::{
    AnyConnection, DatabaseError,
    fan_out::{self, FanOut, Shared, SharedRun},
    leases::Lease,
};

/// A function starts nothing new after half its time: the other half is for what it has started.
pub(super) fn is_time_to_hand_over(config: &FunctionConfig, started: Instant) -> bool {
    started.elapsed() > config.hard_timeout / 2
}

/// What the function's guardian has to know.
#[derive(Default)]
pub(super) struct Opened {
    /// Whether the judgement is open to others, so that the test cases that are taken here have leases, too.
    is_open: AtomicBool,
    /// How many test cases had been judged when this function came.
    found_judged: AtomicU64,
}

impl Opened {
    fn open(&self, found_judged: u64) {
        self.found_judged.store(found_judged, Ordering::Relaxed);
        self.is_open.store(true, Ordering::Release);
    }

    pub(super) fn is_open(&self) -> bool {
        self.is_open.load(Ordering::Acquire)
    }

    /// Whether another function finds more than this one has found, so that going on in it leads to an end.
    pub(super) fn has_got_on(
        &self,
        connection: &mut AnyConnection,
        judgement: JudgementId,
    ) -> Result<bool, DatabaseError> {
        let found = self.found_judged.load(Ordering::Relaxed);
        Ok(self.is_open() && fan_out::count_judged(connection, judgement)? > found)
    }
}

/// What one function, which holds the judgement, shares of it.
pub(super) struct Sharing<'a> {
    config: &'a FunctionConfig,
    task: &'a JudgeTask,
    started: Instant,
    pub(super) opened: Arc<Opened>,
    state: State<'a>,
    compile: Option<CompileResult>,
    runs_began: Instant,
}

enum State<'a> {
    /// It may be opened, should it take long: what its test cases came to so far.
    Alone(Vec<(u32, String)>),
    /// It stays with this function.
    Never,
    Open(Open<'a>),
}

struct Open<'a> {
    artefact: String,
    taken: Taken<'a>,
    /// The test case that is expected to be wanted next, where none is skipped.
    expected: u32,
    /// Something went wrong with a test case before it was wanted: from then on none is taken that is not.
    in_order: bool,
    /// Not to ask for more test cases before.
    look_again: Instant,
}

/// How often is looked for test cases whose function is dead, while others judge all that is left.
const LOOK_EVERY: Duration = Duration::from_millis(500);

impl<'a> Sharing<'a> {
    /// One that may be opened.
    pub(super) fn new(config: &'a FunctionConfig, task: &'a JudgeTask, started: Instant) -> Self {
        let may_be_opened = config.fan_out.helpers > 0;
        Self {
            config,
            task,
            started,
            opened: Arc::default(),
            state: if may_be_opened { State::Alone(Vec::new()) } else { State::Never },
            compile: None,
            runs_began: Instant::now(),
        }
    }

    /// Goes on with one that was opened before.
    pub(super) fn resume(
        &mut self,
        connection: &mut AnyConnection,
        fan_out: &FanOut,
    ) -> Result<(), JudgingError> {
        let found_judged =
            fan_out::count_judged(connection, self.task.judgement).map_err(|e| storage(&e))?;
        self.open(fan_out.artefact.clone(), found_judged, Pace::default());
        Ok(())
    }

    fn open(&mut self, artefact: String, found_judged: u64, pace: Pace) {
        let taken = Taken::none(self.config, self.task.judgement, pace);
        let look_again = Instant::now();
        let open = Open { artefact, taken, expected: 0, in_order: false, look_again };
        self.state = State::Open(open);
        self.opened.open(found_judged);
    }

    /// Notes that the runs begin.
    pub(super) fn compiled(&mut self, result: &CompileResult) {
        self.compile = Some(result.clone());
        self.runs_began = Instant::now();
    }

    /// The blob that is of no more use once the judgement has come to its end.
    pub(super) fn artefact(&self) -> Option<&str> {
        match &self.state {
            State::Open(open) => Some(&open.artefact),
            State::Alone(_) | State::Never => None,
        }
    }

    /// Whose the next test case is.
    pub(super) fn turn(
        &mut self,
        connection: &mut AnyConnection,
        lease: &Lease,
        left: &Left<'_>,
    ) -> Result<Turn, Interrupted> {
        self.consider(connection, lease, left)?;
        let State::Open(open) = &mut self.state else { return Ok(Turn::Own) };
        let Some(&wanted) = left.ordinals.first() else { return Ok(Turn::Own) };
        let judgement = self.task.judgement;
        let failed = |e| Interrupted::Failed(storage(&e));
        if is_time_to_hand_over(self.config, self.started)
            && self.opened.has_got_on(connection, judgement).map_err(failed)?
        {
            open.taken.release(connection)?;
            return Err(Interrupted::HandedOver);
        }
        if wanted > open.expected {
            open.taken.skip_before(connection, wanted)?;
        }
        open.expected = left.ordinals.get(1).copied().unwrap_or(wanted);
        match fan_out::look(connection, judgement, wanted).map_err(failed)? {
            SharedRun::Unshared => return Ok(Turn::Own),
            SharedRun::Judged(result) => return Ok(Turn::Judged(result)),
            SharedRun::Waited => {}
        }
        if open.taken.is_empty() && open.look_again <= Instant::now() {
            if open.in_order {
                open.taken.claim_one(connection, wanted)?;
            } else {
                open.taken.claim(connection)?;
            }
            if open.taken.is_empty() {
                open.look_again = Instant::now() + LOOK_EVERY;
            }
        }
        Ok(open.taken.next().map_or(Turn::Wait, Turn::Judge))
    }

    /// What a test case came to.
    pub(super) fn judged(
        &mut self,
        connection: &mut AnyConnection,
        ordinal: u32,
        result: &str,
        decides: bool,
    ) -> Result<(), Interrupted> {
        match &mut self.state {
            State::Alone(own) => own.push((ordinal, result.to_owned())),
            State::Never => {}
            State::Open(open) => {
                open.taken.judged(connection, ordinal, result, decides)?;
            }
        }
        Ok(())
    }

    /// A test case that is not wanted yet could not be judged.
    pub(super) fn failed_ahead(
        &mut self,
        connection: &mut AnyConnection,
    ) -> Result<(), Interrupted> {
        if let State::Open(open) = &mut self.state {
            open.in_order = true;
            open.taken.release(connection)?;
        }
        Ok(())
    }

    /// Opens the judgement to others if it may be and is worth it.
    fn consider(
        &mut self,
        connection: &mut AnyConnection,
        lease: &Lease,
        left: &Left<'_>,
    ) -> Result<(), Interrupted> {
        let State::Alone(own) = &mut self.state else { return Ok(()) };
        let time = self.runs_began.elapsed();
        let pace = Pace::of(time, u32::try_from(own.len()).unwrap_or(u32::MAX));
        let wanted = self.config.fan_out.wanted(time, &pace, left.ordinals.len());
        if wanted == 0 {
            return Ok(());
        }
        let own = std::mem::take(own);
        // Once: what cannot be shared now cannot be later.
        self.state = State::Never;
        let fan_out = match self.stored(left) {
            Ok(Some(fan_out)) => fan_out,
            Ok(None) => return Ok(()),
            Err(error) => {
                tracing::warn!(%error, "nobody can help: the compiled submission is not stored");
                return Ok(());
            }
        };
        let shared = Shared { judged: &own, worker: &self.config.worker, open: left.ordinals };
        lease
            .open_to_others(connection, &fan_out, &shared, self.task, wanted)
            .map_err(interrupted)?;
        Notice::Opened { helpers: wanted }.send();
        tracing::info!(helpers = wanted, test_cases = left.ordinals.len(), "opened to others");
        self.open(fan_out.artefact, 0, pace);
        Ok(())
    }

    /// The compiled submission, stored for others; `None` where it is not for others.
    fn stored(&self, left: &Left<'_>) -> Result<Option<FanOut>, JudgingError> {
        let scratch = &self.config.bench.scratch;
        let (Some(toolchain), Some(compile)) = (left.toolchain(), self.compile.clone()) else {
            return Ok(None);
        };
        let toolchain = compiled::toolchain(toolchain)?;
        let Some(folder) = left.compiled(scratch)? else { return Ok(None) };
        let judgement = self.task.judgement;
        let (artefact, artefact_hash) =
            compiled::store(&self.config.blobs, judgement, folder.path(), scratch)?;
        Ok(Some(FanOut { artefact, artefact_hash, toolchain, compile }))
    }
}
