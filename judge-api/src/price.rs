//! What executions cost.

use store::metering::Usage;

/// The prices of what an execution uses, in one currency. All 0, the default, is no price at all.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Price {
    /// Of a gigabyte (10⁹ bytes) held for a second.
    pub per_gb_second: f64,
    /// Of a second of CPU time.
    pub per_cpu_second: f64,
    /// Of an execution, whatever it uses.
    pub per_execution: f64,
    /// Of a gigabyte (10⁹ bytes) read from the blob store.
    pub per_gb_transferred: f64,
    /// What the prices are in, as it is shown: `EUR`.
    pub currency: String,
}

impl Price {
    /// The price of all this, where there are prices.
    #[must_use]
    #[allow(clippy::cast_precision_loss, reason = "a bill needs no more than 52 bits")]
    pub fn of(&self, usage: &Usage) -> Option<f64> {
        self.is_set().then(|| {
            self.per_gb_second * usage.gb_seconds
                + self.per_cpu_second * usage.cpu_ms as f64 / 1e3
                + self.per_execution * usage.executions as f64
                + self.per_gb_transferred * usage.transferred_bytes as f64 / 1e9
        })
    }

    fn is_set(&self) -> bool {
        let prices =
            [self.per_gb_second, self.per_cpu_second, self.per_execution, self.per_gb_transferred];
        prices.into_iter().any(|price| price > 0.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_price_is_of_its_own_unit() {
        let usage = Usage {
            executions: 3,
            cpu_ms: 4_000,
            gb_seconds: 5.0,
            transferred_bytes: 6_000_000_000,
            ..Usage::default()
        };
        let of = |change: fn(&mut Price)| {
            let mut price = Price::default();
            change(&mut price);
            price.of(&usage)
        };
        assert_eq!(of(|_| {}), None);
        assert_eq!(of(|price| price.currency = "EUR".into()), None);
        assert_eq!(of(|price| price.per_gb_second = 2.0), Some(10.0));
        assert_eq!(of(|price| price.per_cpu_second = 2.0), Some(8.0));
        assert_eq!(of(|price| price.per_execution = 2.0), Some(6.0));
        assert_eq!(of(|price| price.per_gb_transferred = 2.0), Some(12.0));
    }
}
