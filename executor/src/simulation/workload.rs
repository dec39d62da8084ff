//! What is sent during a contest, when, and how long each takes to judge.

use super::random::{Random, Weighted};
use judge_types::Lane;
use std::time::Duration;

/// How the arrival rate changes in the course of a contest.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ArrivalShape {
    /// A quiet start, a bump as the easy problems fall, a steady phase, and a rush in the last ten minutes.
    Contest,
    /// Steady, but for two minutes in the middle this many times the rate.
    Surge(f64),
    /// Steady throughout.
    Constant,
}

/// How long a slot is taken by a submission, the start of its process or pod not included.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum ServiceModel {
    /// Most are short, few are long: what judging looks like.
    Lognormal {
        /// Half of the submissions take less.
        median: Duration,
        /// The standard deviation of the logarithm.
        sigma: f64,
    },
    /// For comparison with queueing theory.
    Exponential {
        /// The mean.
        mean: Duration,
    },
}

/// What to make up.
#[derive(Debug, Clone, PartialEq)]
pub struct WorkloadConfig {
    /// How many are sent by teams, to the contest and for practice.
    pub submissions: usize,
    /// How many more are put into the rejudging lane, all at once, when half of the time is over.
    pub rejudged: usize,
    /// The share of submissions that are practice, 0 to 1.
    pub practice: f64,
    /// Over what time they are sent.
    pub duration: Duration,
    /// How the rate changes meanwhile.
    pub shape: ArrivalShape,
    /// How long they take.
    pub service: ServiceModel,
    /// How many teams send; at least one.
    pub teams: u32,
    /// How unequal teams are: the n-th busiest sends in proportion to 1 / n to this power.
    pub zipf: f64,
}

/// Made-up submissions in the order of their arrival.
#[derive(Debug, Clone)]
pub struct Workload {
    pub(super) submissions: Vec<Submission>,
}

#[derive(Debug, Clone, Copy)]
pub(super) struct Submission {
    pub(super) arrival: Duration,
    pub(super) service: Duration,
    pub(super) team: u32,
    pub(super) lane: Lane,
}

impl Workload {
    /// Makes up a contest. The same seed makes up the same one.
    ///
    /// Arrivals are a Poisson process whose rate follows the shape, given that exactly so many arrive.
    #[must_use]
    pub fn generate(config: &WorkloadConfig, seed: u64) -> Self {
        let mut random = Random::new(seed, 0);
        let curve = Curve::new(config.shape, config.duration.as_secs_f64());
        let teams =
            Weighted::new((1..=config.teams.max(1)).map(|n| f64::from(n).powf(-config.zipf)));
        let make = |arrival: Duration, lane: Lane, random: &mut Random| Submission {
            arrival,
            service: config.service.draw(random),
            #[allow(clippy::cast_possible_truncation, reason = "teams are counted in 32 bits")]
            team: teams.draw(random) as u32,
            lane,
        };
        // Sums of exponential gaps, divided by the sum of all of them and one more, are what as many evenly
        // distributed points look like when sorted.
        let gaps: Vec<f64> = (0..=config.submissions).map(|_| random.exponential(1.0)).collect();
        let all: f64 = gaps.iter().sum();
        let mut submissions = Vec::with_capacity(config.submissions + config.rejudged);
        let mut sum = 0.0;
        for gap in &gaps[..config.submissions] {
            sum += gap;
            let arrival = Duration::from_secs_f64(curve.time_at(sum / all));
            let practice = random.unit() < config.practice;
            let lane = if practice { Lane::Practice } else { Lane::Contest };
            submissions.push(make(arrival, lane, &mut random));
        }
        for _ in 0..config.rejudged {
            submissions.push(make(config.duration / 2, Lane::Rejudge, &mut random));
        }
        submissions.sort_by_key(|submission| submission.arrival);
        Self { submissions }
    }

    /// How many submissions there are, rejudged ones included.
    #[must_use]
    pub fn len(&self) -> usize {
        self.submissions.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.submissions.is_empty()
    }

    /// The sum of all service times: what no platform can do with less.
    #[must_use]
    pub fn total_service(&self) -> Duration {
        self.submissions.iter().map(|submission| submission.service).sum()
    }
}

impl ServiceModel {
    fn draw(self, random: &mut Random) -> Duration {
        match self {
            Self::Lognormal { median, sigma } => random.lognormal(median, sigma),
            Self::Exponential { mean } => {
                Duration::from_secs_f64(random.exponential(mean.as_secs_f64()))
            }
        }
    }
}

/// An arrival rate that is linear between some moments, as the share of arrivals up to each.
struct Curve {
    points: Vec<Point>,
}

#[derive(Clone, Copy)]
struct Point {
    time: f64,
    rate: f64,
    /// The area under the rate from the start to here, 1 at the end.
    share: f64,
}

impl Curve {
    fn new(shape: ArrivalShape, length: f64) -> Self {
        let minutes = |minutes: f64| (minutes * 60.0).min(length / 4.0);
        let points = match shape {
            ArrivalShape::Constant => vec![(0.0, 1.0), (length, 1.0)],
            ArrivalShape::Contest => vec![
                (0.0, 0.0),
                (minutes(3.0), 0.5),
                (minutes(12.0), 3.0),
                (minutes(40.0), 1.0),
                (length - minutes(10.0), 1.0),
                (length - minutes(2.0), 5.0),
                (length, 5.0),
            ],
            ArrivalShape::Surge(times) => {
                let (from, to) = (length / 2.0 - minutes(1.0), length / 2.0 + minutes(1.0));
                vec![(0.0, 1.0), (from, 1.0), (from, times), (to, times), (to, 1.0), (length, 1.0)]
            }
        };
        let mut area = 0.0;
        let mut last = points[0];
        let mut points: Vec<_> = points
            .into_iter()
            .map(|(time, rate)| {
                area += (time - last.0) * (rate + last.1) / 2.0;
                last = (time, rate);
                Point { time, rate, share: area }
            })
            .collect();
        for point in &mut points {
            point.rate /= area;
            point.share /= area;
        }
        Self { points }
    }

    /// When this share of all arrivals, 0 to 1, has arrived.
    fn time_at(&self, share: f64) -> f64 {
        let after = self.points.partition_point(|point| point.share < share);
        let to = self.points[after.clamp(1, self.points.len() - 1)];
        let from = self.points[after.clamp(1, self.points.len() - 1) - 1];
        let area = (share - from.share).max(0.0);
        let width = to.time - from.time;
        let slope = if width > 0.0 { (to.rate - from.rate) / width } else { 0.0 };
        // from.rate × t + slope × t² / 2 = area, in the form that also holds where the slope is 0.
        let root = (from.rate * from.rate + 2.0 * slope * area).max(0.0).sqrt();
        let divisor = from.rate + root;
        let passed = if divisor > 0.0 { 2.0 * area / divisor } else { 0.0 };
        from.time + passed.min(width)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(shape: ArrivalShape) -> WorkloadConfig {
        WorkloadConfig {
            submissions: 200_000,
            rejudged: 100,
            practice: 0.1,
            duration: Duration::from_secs(5 * 3_600),
            shape,
            service: ServiceModel::Lognormal { median: Duration::from_millis(500), sigma: 0.8 },
            teams: 100,
            zipf: 1.0,
        }
    }

    fn between(workload: &Workload, from_s: f64, to_s: f64) -> usize {
        let sent = workload.submissions.iter().filter(|one| one.lane != Lane::Rejudge);
        sent.filter(|one| (from_s..to_s).contains(&one.arrival.as_secs_f64())).count()
    }

    #[allow(clippy::cast_precision_loss)]
    fn ratio(a: usize, b: usize) -> f64 {
        a as f64 / b as f64
    }

    #[test]
    fn arrivals_follow_the_shape() {
        let constant = Workload::generate(&config(ArrivalShape::Constant), 1);
        let halves = (between(&constant, 0.0, 9_000.0), between(&constant, 9_000.0, 18_000.0));
        assert!((ratio(halves.0, halves.1) - 1.0).abs() < 0.02, "{halves:?}");

        let surge = Workload::generate(&config(ArrivalShape::Surge(100.0)), 1);
        let (steady, surging) = (between(&surge, 0.0, 120.0), between(&surge, 8_940.0, 9_060.0));
        assert!((ratio(surging, steady) / 100.0 - 1.0).abs() < 0.2, "{steady} {surging}");

        let contest = Workload::generate(&config(ArrivalShape::Contest), 1);
        let steady = between(&contest, 6_000.0, 12_000.0) / 100;
        let bump = between(&contest, 690.0, 750.0);
        let rush = between(&contest, 17_880.0, 18_000.0) / 2;
        assert!((ratio(bump, steady) / 2.95 - 1.0).abs() < 0.1, "{bump} {steady}");
        assert!((ratio(rush, steady) / 5.0 - 1.0).abs() < 0.1, "{rush} {steady}");
    }

    #[test]
    fn gaps_scatter_like_a_poisson_process() {
        let workload = Workload::generate(&config(ArrivalShape::Constant), 2);
        let arrivals: Vec<f64> = workload
            .submissions
            .iter()
            .filter(|one| one.lane != Lane::Rejudge)
            .map(|one| one.arrival.as_secs_f64())
            .collect();
        let gaps: Vec<f64> = arrivals.windows(2).map(|pair| pair[1] - pair[0]).collect();
        let mean = gaps.iter().sum::<f64>() / 199_999.0;
        let variance = gaps.iter().map(|gap| (gap - mean).powi(2)).sum::<f64>() / 199_999.0;
        assert!((variance.sqrt() / mean - 1.0).abs() < 0.02, "{}", variance.sqrt() / mean);
    }

    #[test]
    fn service_times_teams_and_lanes_are_as_asked_for() {
        let workload = Workload::generate(&config(ArrivalShape::Contest), 3);
        let all = &workload.submissions;
        let below = all.iter().filter(|one| one.service < Duration::from_millis(500)).count();
        assert!((ratio(below, all.len()) - 0.5).abs() < 0.01, "{below}");
        // The mean of a lognormal: median × e^(σ² / 2).
        let mean = workload.total_service().as_secs_f64() / 200_100.0;
        assert!((mean / (0.5 * 0.32_f64.exp()) - 1.0).abs() < 0.02, "{mean}");
        let of_team = |team: u32| all.iter().filter(|one| one.team == team).count();
        assert!((ratio(of_team(0), of_team(9)) / 10.0 - 1.0).abs() < 0.1);
        let in_lane = |lane: Lane| all.iter().filter(|one| one.lane == lane).count();
        assert_eq!(in_lane(Lane::Rejudge), 100);
        assert!((ratio(in_lane(Lane::Practice), 200_000) - 0.1).abs() < 0.005);
    }
}
