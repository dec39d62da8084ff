//! The live stream of a submission's progress (Server-Sent Events, HTML Living Standard, section 9.2).

use super::view::is_visible;
use crate::access::{self, Sight};
use crate::app::App;
use crate::auth::Identity;
use crate::error::{ApiError, ErrorBody};
use crate::live::Seat;
use actix_web::http::header::{CACHE_CONTROL, CONTENT_ENCODING};
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, web};
use futures_util::Stream;
use futures_util::stream::unfold;
use judge_types::{JudgementId, ProgressEvent, SubmissionId, TokenId};
use serde::Deserialize;
use std::convert::Infallible;
use std::time::Duration;
use store::{events, tokens};
use tokio::sync::watch;
use utoipa::IntoParams;

/// How long a stream may be silent before it shows that it is alive: proxies cut off silent ones.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// Where to begin.
#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(crate) struct Begin {
    /// The number of the last event already known; `Last-Event-ID` goes before it.
    last_event_id: Option<u64>,
}

/// A submission's progress as it happens
///
/// Each event has the event's sequence as its id and its type as its name; its data are a
/// `ProgressEvent`. The stream ends after the last event of the current judgement; resume it with
/// `Last-Event-ID`. 204 says that nothing follows any more.
#[utoipa::path(get, path = "/api/v1/submissions/{id}/events", tag = "submissions",
    params(("id" = SubmissionId, Path), Begin,
        ("Last-Event-ID" = Option<u64>, Header, description = "The number of the last event already known")),
    responses(
    (status = 200, body = ProgressEvent, content_type = "text/event-stream"),
    (status = 204, description = "Nothing follows the event named"),
    (status = "4XX", body = ErrorBody, description = "`unauthenticated`, `not_found`, `malformed`"),
    (status = 503, body = ErrorBody, description = "Too many streams are open"),
))]
pub(crate) async fn stream(
    app: web::Data<App>,
    request: HttpRequest,
    identity: Identity,
    id: web::Path<SubmissionId>,
    begin: web::Query<Begin>,
) -> Result<HttpResponse, ApiError> {
    let id = id.into_inner();
    let after = match request.headers().get("Last-Event-ID") {
        None => begin.last_event_id.unwrap_or(0),
        Some(value) => {
            value.to_str().ok().and_then(|text| text.trim().parse().ok()).ok_or_else(|| {
                ApiError::malformed("Last-Event-ID must be a number").of_field("Last-Event-ID")
            })?
        }
    };
    let token = identity.token.id;
    let news = News::load(&app, token, id, after).await?;
    if news.is_last && news.events.is_empty() {
        return Ok(HttpResponse::NoContent().finish());
    }
    let limits = (app.limits.event_streams, app.limits.event_streams_per_user);
    let Some(seat) = app.live.take_seat(identity.user.id, limits) else {
        return Err(ApiError::unavailable("too many streams of events are open", 5));
    };
    let follower = Follower {
        newest: app.live.watch(id),
        stopping: app.stopping.clone(),
        token,
        id,
        after,
        loaded: Some(news),
        is_over: false,
        app,
        _seat: seat,
    };
    Ok(HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((CACHE_CONTROL, "no-store"))
        // A compressor would hold events back until it has enough of them.
        .insert_header((CONTENT_ENCODING, "identity"))
        .insert_header(("X-Accel-Buffering", "no"))
        .streaming(follower.stream()))
}

/// What happened since.
struct News {
    events: Vec<ProgressEvent>,
    /// The number up to which events were looked at, seen by this user or not.
    up_to: u64,
    /// Whether nothing follows.
    is_last: bool,
}

impl News {
    /// Looks for events after a number. Who holds the token, and what they may see, is looked up
    /// again each time: a stream does not outlive its token, nor a role.
    async fn load(
        app: &App,
        token: TokenId,
        id: SubmissionId,
        after: u64,
    ) -> Result<Self, ApiError> {
        app.db(move |connection| {
            let user = tokens::holder(connection, token)?.ok_or_else(|| {
                ApiError::unauthenticated("the token has expired or been revoked")
            })?;
            // Read before the events: what is newer than this judgement is never taken for its end.
            let current = access::submission(connection, &user, id)?.judgement.id;
            let mut events = events::list_after(connection, id, after)?;
            let up_to = events.last().map_or(after, |event| event.sequence);
            let sight = Sight::of(&user);
            events.retain(|event| is_visible(event, sight));
            let is_last = match events.last() {
                Some(last) => ends(last, current),
                None => match after.checked_sub(1) {
                    Some(before) => events::list_after(connection, id, before)?
                        .iter()
                        .filter(|event| is_visible(event, sight))
                        .any(|event| ends(event, current)),
                    None => false,
                },
            };
            Ok(Self { events, up_to, is_last })
        })
        .await
    }
}

fn ends(event: &ProgressEvent, current: JudgementId) -> bool {
    event.judgement == current && event.kind.is_final()
}

/// One open stream.
struct Follower {
    app: web::Data<App>,
    token: TokenId,
    id: SubmissionId,
    newest: watch::Receiver<u64>,
    stopping: watch::Receiver<bool>,
    after: u64,
    /// What was loaded before the stream began.
    loaded: Option<News>,
    is_over: bool,
    _seat: Seat,
}

impl Follower {
    fn stream(self) -> impl Stream<Item = Result<Bytes, Infallible>> {
        unfold(self, |mut follower| async move {
            let chunk = follower.next().await?;
            Some((Ok(chunk), follower))
        })
    }

    /// The next piece of the stream; `None` at its end.
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if self.is_over {
                return None;
            }
            let news = match self.loaded.take() {
                Some(news) => news,
                None => match self.wait().await {
                    Wake::Stop => return None,
                    Wake::Silence => return Some(Bytes::from_static(b": still here\n\n")),
                    Wake::News => {
                        match News::load(&self.app, self.token, self.id, self.after).await {
                            Ok(news) => news,
                            Err(error) => {
                                // The client comes back by itself, and then hears why.
                                tracing::warn!(submission = %self.id, causes = error.causes(), "load events");
                                return None;
                            }
                        }
                    }
                },
            };
            self.after = news.up_to;
            self.is_over = news.is_last;
            if !news.events.is_empty() {
                return Some(news.events.iter().map(write).collect::<String>().into());
            }
        }
    }

    async fn wait(&mut self) -> Wake {
        let after = self.after;
        tokio::select! {
            // Also when the sender is gone, which is when the server is.
            _ = self.stopping.wait_for(|stopping| *stopping) => Wake::Stop,
            newest = self.newest.wait_for(|newest| *newest > after) => match newest {
                Ok(_) => Wake::News,
                Err(_) => Wake::Stop,
            },
            () = tokio::time::sleep(HEARTBEAT) => Wake::Silence,
        }
    }
}

/// Why a stream went on.
enum Wake {
    News,
    Silence,
    Stop,
}

fn write(event: &ProgressEvent) -> String {
    // An event is made of numbers, words and times: it always has a JSON form, on one line.
    let data = serde_json::to_string(event).unwrap_or_default();
    format!("id: {}\nevent: {}\ndata: {data}\n\n", event.sequence, event.kind.name())
}
