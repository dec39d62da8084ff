//! How often somebody may guess.

use crate::ApiLimits;
use crate::app::App;
use crate::error::ApiError;
use actix_web::HttpRequest;
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, NotUntil, Quota, RateLimiter};
use std::net::IpAddr;
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
    if app.behind_proxy {
        let info = request.connection_info();
        return info.realip_remote_addr().and_then(|address| address.parse().ok());
    }
    request.peer_addr().map(|peer| peer.ip())
}
