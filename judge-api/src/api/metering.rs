//! What judging used and what it costs, for administrators.

use super::metering_csv;
use super::paging;
use crate::Price;
use crate::app::App;
use crate::auth::Admin;
use crate::error::{ApiError, ErrorBody};
use actix_web::http::header::ACCEPT;
use actix_web::{HttpRequest, HttpResponse, web};
use serde::{Deserialize, Serialize};
use store::metering::{self, Dimension, Group, Period, Usage};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{Date, Duration};
use utoipa::{IntoParams, ToSchema};

/// What executions are grouped by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum By {
    /// The contest; the group without a name is that of submissions outside of contests.
    Contest,
    /// The problem.
    Problem,
    /// Who submitted.
    Team,
    /// The language.
    Language,
    /// The day on which the execution ended, in UTC.
    Day,
}

impl By {
    pub(crate) const ALL: [Self; 5] =
        [Self::Contest, Self::Problem, Self::Team, Self::Language, Self::Day];

    /// The word in addresses, and the name of the column.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Contest => "contest",
            Self::Problem => "problem",
            Self::Team => "team",
            Self::Language => "language",
            Self::Day => "day",
        }
    }

    fn dimension(self) -> Dimension {
        match self {
            Self::Contest => Dimension::Contest,
            Self::Problem => Dimension::Problem,
            Self::Team => Dimension::Team,
            Self::Language => Dimension::Language,
            Self::Day => Dimension::Day,
        }
    }
}

/// How to answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Format {
    /// As JSON.
    Json,
    /// As CSV (RFC 4180), with a line of names.
    Csv,
}

/// Which executions, and how they are added up.
#[derive(Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub(crate) struct Query {
    /// What to group by.
    #[param(inline)]
    pub(crate) by: Option<By>,
    /// The first day, in UTC (`2026-11-25`); 30 days up to the last one where missing.
    pub(crate) from: Option<String>,
    /// The last day, in UTC; today where missing.
    pub(crate) to: Option<String>,
    /// `csv` or `json`; goes before `Accept`.
    #[param(inline)]
    pub(crate) format: Option<Format>,
    /// Only the groups after this one: `next` of the page before.
    pub(crate) after: Option<String>,
    /// How many groups, 1 to 10000.
    #[param(default = 500, minimum = 1, maximum = 10000)]
    pub(crate) limit: Option<u32>,
}

/// What the executions of a group used.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MeteredGroup {
    /// What they have in common: a short name, a username, a language's id, a day.
    pub(crate) key: String,
    #[serde(flatten)]
    pub(crate) sums: MeteredSums,
}

/// Sums over executions. One that died is counted with what is known of it: at least the runs that it had stored.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct MeteredSums {
    /// How many executions there were.
    pub(crate) executions: u64,
    /// How many of them died on the way.
    pub(crate) lost_executions: u64,
    /// CPU time of functions and of what they ran, in milliseconds.
    pub(crate) cpu_ms: u64,
    /// Wall time, in milliseconds.
    pub(crate) wall_ms: u64,
    /// Peak memory (10⁹ bytes) times wall time (seconds) of each.
    pub(crate) gb_seconds: f64,
    /// From the starts of processes to their claims, in milliseconds.
    pub(crate) cold_start_ms: u64,
    /// From queueing to the claims, in milliseconds.
    pub(crate) queue_wait_ms: u64,
    /// Bytes read from the blob store.
    pub(crate) transferred_bytes: u64,
    /// What it costs, where prices are set.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) price: Option<f64>,
}

/// A page of the bill.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Metering {
    /// What it is grouped by.
    pub(crate) by: By,
    /// The first day, in UTC.
    #[schema(value_type = String, format = Date)]
    pub(crate) from: Day,
    /// The last day, in UTC.
    #[schema(value_type = String, format = Date)]
    pub(crate) to: Day,
    /// What prices are in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) currency: Option<String>,
    /// The groups, by key.
    pub(crate) groups: Vec<MeteredGroup>,
    /// The sums over all groups, those on other pages too.
    pub(crate) total: MeteredSums,
    /// What to send as `after` for the next page; missing on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) next: Option<String>,
}

/// A day as `2026-11-25`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Day(pub(crate) Date);

const DAY: &[BorrowedFormatItem<'_>] = format_description!("[year]-[month]-[day]");

impl std::fmt::Display for Day {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0.format(DAY).unwrap_or_default())
    }
}

impl Serialize for Day {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

/// What judging used, added up by contest, problem, team, language or day
///
/// With `Accept: text/csv` or `format=csv` as a table; its next page, if any, stands in the header `Link`.
#[utoipa::path(get, path = "/api/v1/metering", tag = "metering", params(Query), responses(
    (status = 200, content((Metering = "application/json"), (String = "text/csv"))),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `forbidden`, `malformed`, `invalid`"),
))]
pub(crate) async fn report(
    app: web::Data<App>,
    request: HttpRequest,
    _: Admin,
    query: web::Query<Query>,
) -> Result<HttpResponse, ApiError> {
    let query = query.into_inner();
    if query.by.is_none() {
        let names = By::ALL.map(By::name).join(", ");
        return Err(ApiError::invalid("by", format!("is missing; it is one of {names}")));
    }
    let accept = request.headers().get(ACCEPT).and_then(|value| value.to_str().ok());
    let prefers_csv = accept.is_some_and(|accept| accept.contains("text/csv"));
    let as_csv = query.format.map_or(prefers_csv, |format| format == Format::Csv);
    let metering = read(&app, query).await?;
    if as_csv { metering_csv::answer(&metering) } else { Ok(HttpResponse::Ok().json(metering)) }
}

/// Reads the meter, for the API and the pages.
pub(crate) async fn read(app: &App, query: Query) -> Result<Metering, ApiError> {
    let limit = paging::limit_within(query.limit, 500, 10_000)?;
    let to = day("to", query.to)?.unwrap_or_else(|| judge_types::now().date());
    let from = day("from", query.from)?
        .unwrap_or_else(|| to.checked_sub(Duration::days(29)).unwrap_or(Date::MIN));
    let period = Period::of_days(from, to)
        .ok_or_else(|| ApiError::invalid("to", "must not be before `from`"))?;
    let (by, after) = (query.by.unwrap_or(By::Contest), query.after);
    let (mut groups, total) = app
        .db(move |connection| {
            let dimension = by.dimension();
            let groups = metering::by(connection, dimension, period, after.as_deref(), limit + 1)?;
            Ok((groups, metering::total(connection, period)?))
        })
        .await?;
    let next = paging::cut(&mut groups, limit, |last| last.key.clone());
    let price = &app.price;
    let total = MeteredSums::new(&total, price);
    Ok(Metering {
        by,
        from: Day(from),
        to: Day(to),
        currency: total.price.map(|_| price.currency.clone()),
        next,
        groups: groups.into_iter().map(|group| MeteredGroup::new(group, price)).collect(),
        total,
    })
}

/// A day in a query; years have four digits, as SQLite's times do.
fn day(field: &str, text: Option<String>) -> Result<Option<Date>, ApiError> {
    let Some(text) = text.filter(|text| !text.is_empty()) else { return Ok(None) };
    let read = Date::parse(&text, DAY).ok().filter(|day| (1970..=9999).contains(&day.year()));
    let wrong = || ApiError::invalid(field, "must be a day such as 2026-11-25");
    read.map(Some).ok_or_else(wrong)
}

impl MeteredGroup {
    fn new(group: Group, price: &Price) -> Self {
        Self { sums: MeteredSums::new(&group.usage, price), key: group.key }
    }
}

impl MeteredSums {
    fn new(usage: &Usage, price: &Price) -> Self {
        Self {
            executions: usage.executions,
            lost_executions: usage.lost,
            cpu_ms: usage.cpu_ms,
            wall_ms: usage.wall_ms,
            gb_seconds: usage.gb_seconds,
            cold_start_ms: usage.cold_start_ms,
            queue_wait_ms: usage.queue_wait_ms,
            transferred_bytes: usage.transferred_bytes,
            price: price.of(usage),
        }
    }
}
