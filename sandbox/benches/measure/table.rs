//! Figures and how they are shown.

use std::time::Duration;

/// Times of one kind.
#[derive(Default, Clone)]
pub struct Times(Vec<Duration>);

impl Times {
    pub fn add(&mut self, time: Duration) {
        self.0.push(time);
    }

    pub fn count(&self) -> usize {
        self.0.len()
    }

    /// The time in milliseconds that this share of them, in percent, does not exceed.
    pub fn percentile(&self, percent: usize) -> f64 {
        let mut sorted = self.0.clone();
        sorted.sort_unstable();
        let at = sorted.len().saturating_sub(1) * percent / 100;
        sorted.get(at).map_or(f64::NAN, |time| time.as_secs_f64() * 1e3)
    }

    /// Mean in milliseconds.
    pub fn mean(&self) -> f64 {
        self.0.iter().sum::<Duration>().as_secs_f64() * 1e3 / count(self.0.len())
    }

    /// Standard deviation relative to the mean, in percent.
    pub fn relative_deviation(&self) -> f64 {
        let mean = self.mean();
        let squares = self.0.iter().map(|time| (time.as_secs_f64() * 1e3 - mean).powi(2));
        (squares.sum::<f64>() / (count(self.0.len()) - 1.0)).sqrt() / mean * 100.0
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts are small")]
pub fn count(number: usize) -> f64 {
    number as f64
}

/// A table in Markdown, its first column to the left.
pub fn print(head: &[&str], rows: &[Vec<String>]) {
    let columns = head.len();
    println!();
    println!("| {} |", head.join(" | "));
    println!("|---|{}", "---:|".repeat(columns - 1));
    for row in rows {
        println!("| {} |", row.join(" | "));
    }
}
