//! What judging used, for administrators.

use super::{Frame, Html, words};
use crate::api::{By, Metering, MeteringQuery, read_meter};
use crate::app::App;
use crate::auth::Admin;
use crate::error::ApiError;
use actix_web::web;
use askama::Template;
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

#[derive(Template)]
#[template(path = "metering.html")]
struct Page {
    frame: Frame,
    metering: Metering,
}

impl Page {
    /// The same days, grouped in some way.
    fn address(&self, by: &By) -> String {
        let Metering { from, to, .. } = &self.metering;
        format!("by={}&from={from}&to={to}", by.name())
    }

    fn next_address(&self, next: &str) -> String {
        let after = utf8_percent_encode(next, NON_ALPHANUMERIC);
        format!("{}&after={after}", self.address(&self.metering.by))
    }
}

pub(super) async fn page(
    app: web::Data<App>,
    Admin(user): Admin,
    query: web::Query<MeteringQuery>,
) -> Result<Html, ApiError> {
    let metering = read_meter(&app, query.into_inner()).await?;
    Ok(Html(Page { frame: Frame::new(&app, Some(user), "Metering"), metering }.render()?))
}
