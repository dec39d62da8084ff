//! How often somebody may guess.

use crate::ApiLimits;
use crate::app::App;
use crate::error::ApiError;
use actix_web::HttpRequest;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};
use std::net::{IpAddr, Ipv6Addr};
use std::num::NonZeroU32;

/// Counts attempts to log in and to register, in memory.
pub(crate) struct Attempts {
    by_name_and_address: DefaultKeyedRateLimiter<(String, Option<IpAddr>)>,
    by_address: DefaultKeyedRateLimiter<Option<IpAddr>>,
    per_name: NonZeroU32,
    per_address: NonZeroU32,
}

/// Above this many remembered names, those that could try again anyway are forgotten.
const REMEMBERED: usize = 10_000;

impl Attempts {
    pub(crate) fn new(limits: &ApiLimits) -> Self {
        Self {
            by_name_and_address: RateLimiter::keyed(Quota::per_minute(limits.login_attempts)),
            by_address: RateLimiter::keyed(Quota::per_minute(limits.login_attempts_per_address)),
            per_name: limits.login_attempts,
            per_address: limits.login_attempts_per_address,
        }
    }

    /// Counts an attempt under a name, or to register (`None`).
    ///
    /// # Errors
    /// When there were too many; says when to try again.
    pub(crate) fn count(
        &self,
        app: &App,
        request: &HttpRequest,
        username: Option<&str>,
    ) -> Result<(), ApiError> {
        let address = address(app, request);
        self.forget();
        self.by_address.check_key(&address).map_err(|wait| {
            too_many(&wait, format!("{} attempts a minute from one address", self.per_address))
        })?;
        let Some(username) = username else { return Ok(()) };
        // Nobody has a longer name, and memory is not for strangers to fill.
        let name: String = username.chars().take(64).collect::<String>().to_lowercase();
        self.by_name_and_address.check_key(&(name, address)).map_err(|wait| {
            too_many(&wait, format!("{} attempts a minute for one name", self.per_name))
        })
    }

    fn forget(&self) {
        if self.by_name_and_address.len() + self.by_address.len() > REMEMBERED {
            self.by_name_and_address.retain_recent();
            self.by_address.retain_recent();
        }
    }
}

fn too_many(wait: &NotUntil<<DefaultClock as Clock>::Instant>, limit: String) -> ApiError {
    let seconds = wait.wait_time_from(DefaultClock::default().now()).as_secs() + 1;
    let message = format!("at most {limit}; try again in {seconds} s");
    ApiError::too_many(message, seconds)
}

/// Where the request comes from, as far as that can be believed.
fn address(app: &App, request: &HttpRequest) -> Option<IpAddr> {
    let address = if app.behind_proxy {
        let forwarded = request.headers().get_all("X-Forwarded-For").last()?.to_str().ok()?;
        // The last entry is the proxy's own; those before it are whatever the client sent.
        forwarded.rsplit(',').next()?.trim().parse().ok()?
    } else {
        request.peer_addr()?.ip()
    };
    Some(household(address))
}

/// The addresses that one customer commonly has: of IPv6 a whole /64.
fn household(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(_) => address,
        IpAddr::V6(six) => match six.to_ipv4_mapped() {
            Some(four) => four.into(),
            None => Ipv6Addr::from_bits(six.to_bits() & !u128::from(u64::MAX)).into(),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::household;

    #[test]
    fn a_customer_has_many_addresses_and_one_count() {
        let of = |text: &str| household(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2:3::4"), of("2001:db8:1:2:ffff::1"));
        assert_ne!(of("2001:db8:1:2::"), of("2001:db8:1:3::"));
        assert_eq!(of("::ffff:192.0.2.7"), of("192.0.2.7"));
        assert_ne!(of("192.0.2.7"), of("192.0.2.8"));
    }
}
