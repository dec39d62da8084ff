//! What to simulate, as options and as the simulator's models.

use crate::scaling_options::{ScalingOptions, positive, some_time, within};
use crate::units::up_to_a_week;
use anyhow::bail;
use executor::ScalerConfig;
use executor::simulation::{
    ArrivalShape, LambdaModel, Platform, PodModel, PodTrigger, ServiceModel, WorkloadConfig,
};
use serde::Serialize;
use std::time::Duration;

const MORE: &str = "\
Times are numbers with ms, s, m or h; a bare number is of seconds. Waits are from the arrival of a submission \
to the start of its judging. slots/busy is the time for which all slots were there, starting and idling \
included, over the time in which they judged; to zero is the time from the last verdict until no slot is left. \
The same options and seed give the same figures.

Exit codes: 0 simulated; 2 the options were not understood; 3 they contradict each other.";

/// What to simulate.
#[derive(Debug, clap::Args)]
#[command(after_help = MORE)]
pub(crate) struct Options {
    /// Simulate only this platform; may be repeated [default: all]
    #[arg(long, value_name = "PLATFORM")]
    platform: Vec<PlatformName>,
    /// Seed of all that is random
    #[arg(long, value_name = "NUMBER", default_value_t = 1)]
    pub(super) seed: u64,
    /// Print JSON; times are in seconds
    #[arg(long)]
    pub(super) json: bool,
    #[command(flatten)]
    load: LoadOptions,
    #[command(flatten)]
    scaling: ScalingOptions,
    #[command(flatten)]
    fleet: FleetOptions,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Load")]
struct LoadOptions {
    /// Submissions that teams send, up to 10000000
    #[arg(long, value_name = "NUMBER", default_value_t = 20_000,
        value_parser = clap::value_parser!(u32).range(1..=10_000_000))]
    submissions: u32,
    /// Judgements of a rejudging that starts when half of the time is over
    #[arg(long, value_name = "NUMBER", default_value_t = 0,
        value_parser = clap::value_parser!(u32).range(..=10_000_000))]
    rejudge: u32,
    /// Share of the submissions that is practice, 0 to 1
    #[arg(long, value_name = "SHARE", default_value_t = 0.05, value_parser = share)]
    practice: f64,
    /// Time over which they are sent
    #[arg(long, value_name = "TIME", default_value = "5h", value_parser = at_least_a_second)]
    duration: Duration,
    /// How the arrival rate changes meanwhile
    #[arg(long, value_name = "SHAPE", default_value = "contest")]
    shape: ShapeName,
    /// How many times the steady rate a surge is
    #[arg(long, value_name = "FACTOR", default_value_t = 100.0, value_parser = factor)]
    surge: f64,
    /// Median of the lognormal service time
    #[arg(long, value_name = "TIME", default_value = "0.8s", value_parser = some_time)]
    median: Duration,
    /// Standard deviation of the service time's logarithm, 0 to 3
    #[arg(long, value_name = "NUMBER", default_value_t = 0.8, value_parser = sigma)]
    sigma: f64,
    /// Teams
    #[arg(long, value_name = "NUMBER", default_value_t = 200,
        value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    teams: u32,
    /// How unequal teams are: the n-th busiest sends in proportion to 1/n to this power, 0 to 3
    #[arg(long, value_name = "NUMBER", default_value_t = 0.7, value_parser = sigma)]
    zipf: f64,
}

#[derive(Debug, clap::Args)]
#[command(next_help_heading = "Platforms")]
struct FleetOptions {
    /// Time in which a submission's process starts, on every platform
    #[arg(long, value_name = "TIME", default_value = "5ms", value_parser = up_to_a_week)]
    process_start: Duration,
    /// local: slots [default: this machine's processors]
    #[arg(long, value_name = "NUMBER", value_parser = positive)]
    local_slots: Option<usize>,
    /// keda: slots of a pod
    #[arg(long, value_name = "NUMBER", default_value = "4", value_parser = positive)]
    pod_slots: usize,
    /// keda: median of the lognormal time in which a pod starts
    #[arg(long, value_name = "TIME", default_value = "1.3s", value_parser = some_time)]
    pod_start: Duration,
    /// keda: standard deviation of that time's logarithm, 0 to 3
    #[arg(long, value_name = "NUMBER", default_value_t = 0.4, value_parser = sigma)]
    pod_start_sigma: f64,
    /// keda: time from one look at the load to the next
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = some_time)]
    poll: Duration,
    /// keda: time without a submission after which a pod leaves
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = up_to_a_week)]
    pod_idle: Duration,
    /// lambda: environments that may start at once
    #[arg(long, value_name = "NUMBER", default_value = "1000", value_parser = positive)]
    burst: usize,
    /// lambda: environments that may start in addition after each interval
    #[arg(long, value_name = "NUMBER", default_value = "1000", value_parser = positive)]
    growth: usize,
    /// lambda: the interval
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = some_time)]
    growth_interval: Duration,
    /// lambda: median of the lognormal time in which an environment starts
    #[arg(long, value_name = "TIME", default_value = "200ms", value_parser = some_time)]
    cold_start: Duration,
    /// lambda: standard deviation of that time's logarithm, 0 to 3
    #[arg(long, value_name = "NUMBER", default_value_t = 0.4, value_parser = sigma)]
    cold_start_sigma: f64,
    /// lambda: time for which an environment is kept, unpaid, for the next submission
    #[arg(long, value_name = "TIME", default_value = "5m", value_parser = up_to_a_week)]
    keep_warm: Duration,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum ShapeName {
    /// A quiet start, a bump of three times the rate, a steady phase, five times the rate at the end
    Contest,
    /// Steady, with a surge of two minutes in the middle
    Surge,
    /// Steady
    Constant,
}

/// A platform, as it is written on the command line.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PlatformName {
    /// One machine: a process for each submission, none when idle
    Local,
    /// Pods that drain the queue, started by the scaling policy; older pods are served first
    Keda,
    /// The same, but messages go round all pods
    KedaSpread,
    /// Pods as in keda, started by KEDA's own rule (accurate) over the number of messages that wait
    KedaCount,
    /// A managed function service: environments started for each submission, kept warm, paid while they judge
    Lambda,
}

impl Options {
    pub(super) fn workload(&self) -> WorkloadConfig {
        let load = &self.load;
        WorkloadConfig {
            submissions: load.submissions as usize,
            rejudged: load.rejudge as usize,
            practice: load.practice,
            duration: load.duration,
            shape: match load.shape {
                ShapeName::Contest => ArrivalShape::Contest,
                ShapeName::Surge => ArrivalShape::Surge(load.surge),
                ShapeName::Constant => ArrivalShape::Constant,
            },
            service: ServiceModel::Lognormal { median: load.median, sigma: load.sigma },
            teams: load.teams,
            zipf: load.zipf,
        }
    }

    /// The platforms that were asked for, each once.
    pub(super) fn platforms(&self) -> anyhow::Result<Vec<(PlatformName, Platform)>> {
        let all: &[PlatformName] = clap::ValueEnum::value_variants();
        let wanted =
            |name: &&PlatformName| self.platform.is_empty() || self.platform.contains(name);
        all.iter().filter(wanted).map(|name| Ok((*name, self.model(*name)?))).collect()
    }

    fn model(&self, name: PlatformName) -> anyhow::Result<Platform> {
        let fleet = &self.fleet;
        let scaling = self.scaling.config()?;
        let process_start = fleet.process_start;
        Ok(match name {
            PlatformName::Local => {
                let slots = fleet.local_slots.unwrap_or_else(ScalerConfig::default_slots);
                Platform::Local { slots, process_start }
            }
            PlatformName::Keda | PlatformName::KedaSpread | PlatformName::KedaCount => {
                let (pod, max) = (fleet.pod_slots, scaling.max_slots);
                if pod > max {
                    bail!("--pod-slots {pod} is more than --max-slots {max}");
                }
                Platform::Pods(PodModel {
                    slots_per_pod: pod,
                    poll: fleet.poll,
                    start_median: fleet.pod_start,
                    start_sigma: fleet.pod_start_sigma,
                    idle_timeout: fleet.pod_idle,
                    process_start,
                    packing: name != PlatformName::KedaSpread,
                    trigger: match name {
                        PlatformName::KedaCount => PodTrigger::ReadyCount,
                        _ => PodTrigger::Policy,
                    },
                    scaling,
                })
            }
            PlatformName::Lambda => Platform::Lambda(LambdaModel {
                max_slots: scaling.max_slots,
                burst: fleet.burst,
                growth: fleet.growth,
                growth_interval: fleet.growth_interval,
                cold_start_median: fleet.cold_start,
                cold_start_sigma: fleet.cold_start_sigma,
                keep_warm: fleet.keep_warm,
                process_start,
            }),
        })
    }
}

fn share(text: &str) -> Result<f64, String> {
    within(text, 0.0..=1.0)
}

fn sigma(text: &str) -> Result<f64, String> {
    within(text, 0.0..=3.0)
}

fn factor(text: &str) -> Result<f64, String> {
    within(text, 1.0..=100_000.0)
}

fn at_least_a_second(text: &str) -> Result<Duration, String> {
    let time = up_to_a_week(text)?;
    if time < Duration::from_secs(1) { Err("less than 1s".to_owned()) } else { Ok(time) }
}
