//! What is around every page.

use super::assets;
use crate::app::App;
use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use judge_types::Role;
use std::sync::atomic::Ordering;
use store::users::User;

/// What the layout of a page needs to know.
pub(crate) struct Frame {
    pub(crate) title: String,
    pub(crate) user: Option<User>,
    pub(crate) registration_open: bool,
    /// For the jury: what waits for them.
    pub(crate) open_dead_letters: u64,
    pub(crate) style: &'static str,
    pub(crate) script: &'static str,
}

impl Frame {
    pub(crate) fn new(app: &App, user: Option<User>, title: impl Into<String>) -> Self {
        Self {
            title: title.into(),
            user,
            registration_open: app.registration_open,
            open_dead_letters: app.open_dead_letters.load(Ordering::Relaxed),
            style: assets::style_address(),
            script: assets::script_address(),
        }
    }

    pub(crate) fn is_jury(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role >= Role::Jury)
    }

    pub(crate) fn is_admin(&self) -> bool {
        self.user.as_ref().is_some_and(|user| user.role >= Role::Admin)
    }
}

/// A rendered page.
pub(crate) struct Html(pub(crate) String);

impl Responder for Html {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        HttpResponse::Ok().content_type("text/html; charset=utf-8").body(self.0)
    }
}
