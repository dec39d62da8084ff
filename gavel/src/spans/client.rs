//! The HTTP client that the rest of this program uses, for the exporter of spans.

use opentelemetry_http::{Bytes, HttpClient, HttpError, Request, Response};
use std::future::Future;
use std::pin::Pin;
use std::time::Duration;
use ureq::Agent;

/// A collector answers with a few bytes.
const ANSWER_BYTES: u64 = 64 << 10;

/// It blocks, which is right for the exporter's own thread.
#[derive(Debug)]
pub(super) struct Client(Agent);

impl Client {
    pub(super) fn new() -> Self {
        let config = Agent::config_builder()
            .http_status_as_error(false)
            .timeout_global(Some(Duration::from_secs(5)));
        Self(config.build().into())
    }

    fn send(&self, request: Request<Bytes>) -> Result<Response<Bytes>, ureq::Error> {
        let (head, body) = self.0.run(request.map(|body| body.to_vec()))?.into_parts();
        let body = body.into_with_config().limit(ANSWER_BYTES).read_to_vec()?;
        Ok(Response::from_parts(head, Bytes::from(body)))
    }
}

impl HttpClient for Client {
    fn send_bytes<'client, 'sent>(
        &'client self,
        request: Request<Bytes>,
    ) -> Pin<Box<dyn Future<Output = Result<Response<Bytes>, HttpError>> + Send + 'sent>>
    where
        'client: 'sent,
        Self: 'sent,
    {
        Box::pin(async move {
            // Not the whole address, in which there may be a secret.
            let host = request.uri().host().unwrap_or_default().to_owned();
            let sent = self.send(request);
            match &sent {
                Ok(answer) if answer.status().is_success() => {}
                Ok(answer) => {
                    tracing::warn!(host, status = %answer.status(), "a collector does not take spans");
                }
                Err(error) => tracing::warn!(host, %error, "cannot send spans to a collector"),
            }
            Ok(sent?)
        })
    }
}
