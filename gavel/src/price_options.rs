//! What executions cost, on the command line.

use judge_api::Price;

/// Prices that the metering multiplies with; all 0 shows none.
#[derive(Debug, Clone, clap::Args)]
#[command(next_help_heading = "Prices")]
pub(crate) struct PriceOptions {
    /// Price of a gigabyte of memory held for a second
    #[arg(long, value_name = "PRICE", default_value_t = 0.0, value_parser = price, env = "GAVEL_PRICE_PER_GB_SECOND")]
    price_per_gb_second: f64,
    /// Price of a second of CPU time
    #[arg(long, value_name = "PRICE", default_value_t = 0.0, value_parser = price, env = "GAVEL_PRICE_PER_CPU_SECOND")]
    price_per_cpu_second: f64,
    /// Price of an execution
    #[arg(long, value_name = "PRICE", default_value_t = 0.0, value_parser = price, env = "GAVEL_PRICE_PER_EXECUTION")]
    price_per_execution: f64,
    /// Price of a gigabyte read from the blob store
    #[arg(long, value_name = "PRICE", default_value_t = 0.0, value_parser = price, env = "GAVEL_PRICE_PER_GB_TRANSFERRED")]
    price_per_gb_transferred: f64,
    /// What the prices are in, as it is to be shown
    #[arg(long, value_name = "TEXT", default_value = "EUR", value_parser = currency, env = "GAVEL_PRICE_CURRENCY")]
    price_currency: String,
}

impl PriceOptions {
    pub(crate) fn price(&self) -> Price {
        Price {
            per_gb_second: self.price_per_gb_second,
            per_cpu_second: self.price_per_cpu_second,
            per_execution: self.price_per_execution,
            per_gb_transferred: self.price_per_gb_transferred,
            currency: self.price_currency.clone(),
        }
    }
}

/// A price that sums stay finite with.
fn price(text: &str) -> Result<f64, String> {
    let price = text.parse().ok().filter(|price| (0.0..=1e9).contains(price));
    price.ok_or_else(|| "not a number from 0 to 1000000000".to_owned())
}

fn currency(text: &str) -> Result<String, String> {
    let is_fit = (1..=16).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    if is_fit { Ok(text.to_owned()) } else { Err("not 1 to 16 characters".to_owned()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prices_are_numbers_from_0_on() {
        assert_eq!(price("0.0000166667"), Ok(0.000_016_666_7));
        assert_eq!(price("0"), Ok(0.0));
        for bad in ["", "-1", "nan", "inf", "1e10", "1,5", "1 EUR"] {
            assert!(price(bad).is_err(), "{bad}");
        }
        assert!(currency("€").is_ok() && currency("").is_err() && currency("a\nb").is_err());
    }
}
