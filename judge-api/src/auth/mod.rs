//! Who is asking, and whether they may.
//!
//! A handler takes one of these as a parameter; nothing else guards it. A bearer token in
//! `Authorization` is for programs, a session's secret in a cookie for browsers.

mod attempts;
mod cookie;

pub(crate) use attempts::Attempts;
pub(crate) use cookie::{cookie_name, end_session, session_cookie, start_session};

use crate::app::App;
use crate::error::ApiError;
use actix_web::http::header::AUTHORIZATION;
use actix_web::{FromRequest, HttpMessage, HttpRequest, dev::Payload, web};
use futures_util::future::LocalBoxFuture;
use judge_types::Role;
use std::sync::atomic::Ordering;
use store::dead_letters;
use store::tokens::{self, Token, TokenKind};
use store::users::User;

/// Someone who has shown a valid secret.
#[derive(Debug, Clone)]
pub(crate) struct Identity {
    pub(crate) user: User,
    /// The session or token that was shown.
    pub(crate) token: Token,
}

/// Anyone who has logged in.
pub(crate) struct Contestant(pub(crate) User);

/// A member of the jury, or an administrator.
pub(crate) struct Jury(pub(crate) User);

impl Jury {
    /// The user, if they are of the jury: for pages that everybody reads and that show the jury more.
    pub(crate) fn of(user: &User) -> Option<Self> {
        (user.role >= Role::Jury).then(|| Self(user.clone()))
    }
}

/// An administrator.
pub(crate) struct Admin(pub(crate) User);

/// Anyone at all, logged in or not. A secret that is no longer valid counts as none in a cookie
/// and as an error in `Authorization`.
pub(crate) struct OptionalUser(pub(crate) Option<User>);

/// Something that is read from the request only once the first has been let in: the framework
/// extracts a handler's parameters side by side, and would parse a stranger's body.
pub(crate) struct Then<Who, What>(pub(crate) Who, pub(crate) What);

impl<Who, What> FromRequest for Then<Who, What>
where
    Who: FromRequest + 'static,
    What: FromRequest + 'static,
{
    type Error = actix_web::Error;
    type Future = LocalBoxFuture<'static, Result<Self, actix_web::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, mut payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let who = Who::from_request(&request, &mut Payload::None).await.map_err(Into::into)?;
            let what = What::from_request(&request, &mut payload).await.map_err(Into::into)?;
            Ok(Self(who, what))
        })
    }
}

/// The secret that came with a request.
enum Secret {
    Bearer(String),
    Cookie(String),
}

fn secret(request: &HttpRequest, app: &App) -> Result<Option<Secret>, ApiError> {
    if let Some(header) = request.headers().get(AUTHORIZATION) {
        let bearer = header.to_str().ok().and_then(|text| {
            let (scheme, token) = text.split_once(' ')?;
            scheme.eq_ignore_ascii_case("bearer").then(|| token.trim().to_owned())
        });
        return match bearer {
            Some(token) => Ok(Some(Secret::Bearer(token))),
            None => Err(ApiError::unauthenticated("Authorization must be: Bearer <token>")
                .of_field("Authorization")),
        };
    }
    let cookie = request.cookie(cookie_name(app.secure_cookies));
    Ok(cookie.map(|cookie| Secret::Cookie(cookie.value().to_owned())))
}

async fn identify(request: &HttpRequest) -> Result<Option<Identity>, ApiError> {
    if let Some(known) = request.extensions().get::<Identity>() {
        return Ok(Some(known.clone()));
    }
    let app = request
        .app_data::<web::Data<App>>()
        .ok_or_else(|| ApiError::internal("the server's state is missing"))?;
    let Some(secret) = secret(request, app)? else { return Ok(None) };
    let (secret, kind) = match secret {
        Secret::Bearer(secret) => (secret, TokenKind::Api),
        Secret::Cookie(secret) => (secret, TokenKind::Session),
    };
    let is_page = !request.path().starts_with("/api/");
    let (found, open_dead_letters) = app
        .db(move |connection| {
            let found = tokens::authenticate(connection, &secret)?
                .filter(|(_, token)| token.kind == kind.name());
            let is_jury = found.as_ref().is_some_and(|(user, _)| user.role >= Role::Jury);
            let open =
                if is_jury && is_page { Some(dead_letters::count_open(connection)?) } else { None };
            Ok((found, open))
        })
        .await?;
    if let Some(open) = open_dead_letters {
        app.open_dead_letters.store(open, Ordering::Relaxed);
    }
    match found {
        Some((user, token)) => {
            let identity = Identity { user, token };
            request.extensions_mut().insert(identity.clone());
            Ok(Some(identity))
        }
        None if kind == TokenKind::Api => {
            Err(ApiError::unauthenticated("the token is unknown, expired or revoked"))
        }
        None => Ok(None),
    }
}

async fn with_role(request: HttpRequest, least: Role) -> Result<Identity, ApiError> {
    let identity =
        identify(&request).await?.ok_or_else(|| ApiError::unauthenticated("log in first"))?;
    if identity.user.role < least {
        return Err(ApiError::forbidden(format!("this needs the role {least}")));
    }
    Ok(identity)
}

impl FromRequest for Identity {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        Box::pin(with_role(request.clone(), Role::Contestant))
    }
}

impl FromRequest for OptionalUser {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move { Ok(Self(identify(&request).await?.map(|identity| identity.user))) })
    }
}

macro_rules! role_extractor {
    ($name:ident) => {
        impl FromRequest for $name {
            type Error = ApiError;
            type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

            fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
                let request = request.clone();
                Box::pin(async move { Ok(Self(with_role(request, Role::$name).await?.user)) })
            }
        }
    };
}

role_extractor!(Contestant);
role_extractor!(Jury);
role_extractor!(Admin);
