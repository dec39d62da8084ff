//! Where slots come from, and how fast.

use crate::scaling::ScalingConfig;
use std::time::Duration;

/// Something that judges submissions. Whatever it is, each submission gets a process of its own.
#[derive(Debug, Clone, PartialEq)]
pub enum Platform {
    /// One machine with a fixed number of slots, each in being only while its process runs.
    Local {
        /// How many run at once.
        slots: usize,
        /// How long a process takes to start.
        process_start: Duration,
    },
    /// Pods of a cluster that KEDA starts and that leave when they have been idle.
    Pods(PodModel),
    /// A managed function service: an environment for each submission that runs, reused while it is warm.
    Lambda(LambdaModel),
}

/// Pods that drain the queue, several submissions at a time.
#[derive(Debug, Clone, PartialEq)]
pub struct PodModel {
    /// How many submissions a pod judges at once.
    pub slots_per_pod: usize,
    /// How often the load is read and pods are started.
    pub poll: Duration,
    /// Half of the pods take less than this from their creation to their first message.
    pub start_median: Duration,
    /// The standard deviation of that time's logarithm.
    pub start_sigma: f64,
    /// After this time without a submission a pod leaves.
    pub idle_timeout: Duration,
    /// How long a process takes to start in a pod.
    pub process_start: Duration,
    /// Whether the oldest pods are served first, by consumer priority, so that the youngest fall idle. Else
    /// messages go round all pods.
    pub packing: bool,
    /// What decides how many pods are started.
    pub trigger: PodTrigger,
    /// The policy's settings. Its maximum of slots holds for either trigger.
    pub scaling: ScalingConfig,
}

/// What decides how many pods are started.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PodTrigger {
    /// The scaling policy: its target, less the pods that there are.
    Policy,
    /// KEDA by itself: its strategy `accurate` over the number of waiting messages.
    ReadyCount,
}

/// Environments that the service starts by itself, one for each submission that finds no warm one.
#[derive(Debug, Clone, PartialEq)]
pub struct LambdaModel {
    /// How many may run at once.
    pub max_slots: usize,
    /// How many new environments may be started at once.
    pub burst: usize,
    /// How many more may be started after each interval, up to the burst.
    pub growth: usize,
    /// The interval.
    pub growth_interval: Duration,
    /// Half of the environments take less than this to start.
    pub cold_start_median: Duration,
    /// The standard deviation of that time's logarithm.
    pub cold_start_sigma: f64,
    /// How long an environment is kept, unpaid, for the next submission.
    pub keep_warm: Duration,
    /// How long a process takes to start in an environment.
    pub process_start: Duration,
}
