//! A browser's session.

use crate::accounts::new_secret;
use crate::app::App;
use crate::error::ApiError;
use actix_web::cookie::{Cookie, SameSite, time::Duration as CookieDuration};
use judge_types::UserId;
use store::tokens::{self, TokenKind};
use time::Duration;

/// How long a session lasts.
const SESSION: Duration = Duration::days(14);

/// The cookie's name. The prefix makes browsers insist on HTTPS and on no other host having set it.
pub(crate) fn cookie_name(secure: bool) -> &'static str {
    if secure { "__Host-gavel_session" } else { "gavel_session" }
}

/// Stores a new session; gives its secret.
pub(crate) async fn start_session(app: &App, user: UserId) -> Result<String, ApiError> {
    app.db(move |connection| {
        // A good time to sweep: it costs nothing while nobody logs in.
        tokens::remove_expired(connection)?;
        let secret = new_secret();
        let until = judge_types::now() + SESSION;
        tokens::create(connection, user, TokenKind::Session, "browser", &secret, until)?;
        Ok(secret)
    })
    .await
}

/// The cookie that carries a session's secret.
pub(crate) fn session_cookie(secure: bool, secret: String) -> Cookie<'static> {
    cookie(secure, secret, CookieDuration::seconds(SESSION.whole_seconds()))
}

/// The cookie that makes a browser forget its session.
pub(crate) fn end_session(secure: bool) -> Cookie<'static> {
    cookie(secure, String::new(), CookieDuration::ZERO)
}

fn cookie(secure: bool, secret: String, age: CookieDuration) -> Cookie<'static> {
    Cookie::build(cookie_name(secure), secret)
        .path("/")
        .http_only(true)
        .secure(secure)
        .same_site(SameSite::Lax)
        .max_age(age)
        .finish()
}
