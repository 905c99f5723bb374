//! The only way to the services: headers, redirects, repeats and limits of every request.

use std::fmt;
use std::sync::OnceLock;
use std::time::Instant;

use reqwest::header::{AUTHORIZATION, DATE, HeaderMap, HeaderName, HeaderValue};
use reqwest::{Client, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::base_url::BaseUrl;
use crate::error::body::summary;
use crate::error::classify::classify;
use crate::error::{Call, Error, ErrorKind, Service};
use crate::events::{Observer, PageObserver, PageRead, Wait};
use crate::options::{Options, Sleep};
use crate::request::{Method, Request};
use crate::sanitize::one_line;
use crate::server_time::{ServerTime, parse_date};
use crate::token::Token;

mod answer;
mod certificates;
mod redirect;
mod retry;
mod transport;

#[cfg(test)]
mod tests;

pub(crate) use answer::Answer;
pub(crate) use retry::ATTEMPTS;
use retry::{Decision, Outcome};

/// The largest answer that is read, decompressed, in MiB.
const MAX_BODY_MIB: u64 = 256;

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// How much of a refusal is looked at, in bytes: error messages are short.
const MAX_ERROR_BODY: usize = 64 * 1024;

/// A service, and the right to ask it.
pub(crate) struct Http {
    service: Service,
    client: Client,
    base: BaseUrl,
    /// The header that holds the token.
    authorization: Option<(HeaderName, HeaderValue)>,
    token: Option<Token>,
    /// How often a request is made at most.
    attempts: u32,
    sleep: Sleep,
    observer: Observer,
    pages: PageObserver,
    /// The largest answer that is read, in bytes.
    max_body: u64,
    /// The clock of the service by the first answer, once there is one.
    server_time: OnceLock<Option<ServerTime>>,
}

impl Http {
    /// Makes a client of `service`. Nothing is sent yet.
    pub(crate) fn new(service: Service, options: Options) -> Result<Self, Error> {
        let authorization = match &options.token {
            Some(token) => Some(authorization(service, token)?),
            None => None,
        };
        Ok(Self {
            service,
            client: transport::client(&options.base, options.timeout)?,
            base: options.base,
            authorization,
            token: options.token,
            attempts: options.attempts,
            sleep: options.sleep,
            observer: options.observer,
            pages: options.pages,
            max_body: MAX_BODY_MIB * 1024 * 1024,
            server_time: OnceLock::new(),
        })
    }

    /// Whether requests are made with an OAuth token.
    pub(crate) fn has_oauth_token(&self) -> bool {
        self.token.as_ref().is_some_and(Token::is_oauth)
    }

    /// The clock of the service by the `Date` of the first answer; `None` before it, and if that
    /// had no valid one.
    pub(crate) fn server_time(&self) -> Option<ServerTime> {
        self.server_time.get().copied().flatten()
    }

    /// The URL of `path` below the base URL; `path` is encoded and has no leading slash.
    pub(crate) fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        self.base.endpoint(path, query)
    }

    /// Reads `path` below the base URL; `path` is encoded and has no leading slash.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Error> {
        self.get_url(self.url(path, query)).await
    }

    /// Reads `url`, and repeats the request as [`retry::decide`] says.
    pub(crate) async fn get_url(&self, url: Url) -> Result<Answer, Error> {
        self.repeat(&Request { method: Method::Get, url, body: None }).await
    }

    /// Writes to `path`, which is encoded and has no leading slash.
    ///
    /// One request is made and no redirect is followed. Only after a 429, which says that nothing
    /// was done, another request follows, as [`retry::decide_write`] says.
    pub(crate) async fn send(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        self.repeat(&Request { method, url: self.url(path, &[]), body }).await
    }

    /// Reads an answer as JSON; `expected` names it in errors.
    pub(crate) fn json<T: DeserializeOwned>(
        &self,
        answer: &Answer,
        expected: &'static str,
    ) -> Result<T, Error> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            if error.is_data() {
                let detail = one_line(&self.redact(error.to_string().as_bytes()));
                return answer.call.error(ErrorKind::Decode { expected, detail });
            }
            let mut found = summary(&self.redact(&answer.body));
            if found.is_empty() {
                "nothing".clone_into(&mut found);
            }
            answer.call.error(ErrorKind::NotJson { expected, found })
        })
    }

    /// Describes a request for errors.
    pub(crate) fn call(&self, request: &Request<'_>) -> Call {
        request.call(self.service)
    }

    /// Reports a page to whoever watches.
    pub(crate) fn report_page(&self, page: PageRead) {
        (self.pages)(page);
    }

    /// Refuses a URL that the service points to unless the token may go there.
    pub(crate) fn guard(&self, call: &Call, url: &Url) -> Result<(), Error> {
        if self.base.same_origin(url) {
            return Ok(());
        }
        let host = one_line(&self.redact(url.origin().ascii_serialization().as_bytes()));
        Err(call.error(ErrorKind::Redirected { host }))
    }

    /// The beginning of what a server said, without the token in case the server repeats it.
    pub(crate) fn redact(&self, body: &[u8]) -> String {
        let text = String::from_utf8_lossy(body.get(..MAX_ERROR_BODY).unwrap_or(body));
        match &self.token {
            Some(token) => token.redact(&text),
            None => text.into_owned(),
        }
    }

    /// Makes a request as often as it may and needs to be made.
    async fn repeat(&self, request: &Request<'_>) -> Result<Answer, Error> {
        let call = self.call(request);
        let decide = if request.method.is_read() { retry::decide } else { retry::decide_write };
        let mut backoffs = retry::backoffs(self.attempts);
        let mut attempt = 1;
        loop {
            let result = self.follow(&call, request).await;
            let outcome = match &result {
                Ok(answer) => Outcome::Answered(answer.status, &answer.headers),
                Err(Error { kind: ErrorKind::Network { kind, .. }, .. }) => Outcome::Lost(*kind),
                Err(_) => Outcome::Final,
            };
            match decide(outcome, backoffs.next()) {
                Decision::Accept => return self.accept(result?),
                Decision::RateLimited(retry_after) => {
                    return Err(call.error(ErrorKind::RateLimited { retry_after }));
                }
                Decision::Repeat(reason, delay) => {
                    attempt += 1;
                    self.wait(Wait { reason, delay, attempt, attempts: self.attempts }).await;
                }
            }
        }
    }

    /// Turns every answer but a success into its error.
    fn accept(&self, answer: Answer) -> Result<Answer, Error> {
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(answer.call.error(classify(answer.status, &self.redact(&answer.body))))
    }

    async fn wait(&self, wait: Wait) {
        (self.observer)(wait);
        match self.sleep {
            Sleep::Real => tokio::time::sleep(wait.delay).await,
            Sleep::Skipped => {}
        }
    }

    /// Makes one attempt and follows the redirects of a read.
    ///
    /// The HTTP library does not follow them, because the token travels with them. A write is not
    /// made at another place than it was meant for.
    async fn follow(&self, call: &Call, request: &Request<'_>) -> Result<Answer, Error> {
        let mut url = request.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            self.guard(call, &url)?;
            let answer = self.exchange(call, request, url).await?;
            match redirect::target(&answer) {
                None => return Ok(answer),
                Some(target) if request.method.is_read() => url = target,
                // It points to a report of what was done, so it does not refuse to do it.
                Some(_) if answer.status == 303 => return Ok(answer),
                Some(target) => {
                    self.guard(call, &target)?;
                    let path = one_line(&self.redact(target.path().as_bytes()));
                    let project = redirect::project(&target);
                    return Err(call.error(ErrorKind::Moved { path: Some(path), project }));
                }
            }
        }
        Err(call.error(ErrorKind::RedirectLoop { limit: MAX_REDIRECTS }))
    }

    /// Sends the request to `url` once and reads the answer.
    async fn exchange(
        &self,
        call: &Call,
        request: &Request<'_>,
        url: Url,
    ) -> Result<Answer, Error> {
        let mut builder = self.client.request(request.method.into(), url.clone());
        if let Some((name, value)) = &self.authorization {
            builder = builder.header(name, value);
        }
        if let Some(body) = request.body {
            builder = builder.json(body);
        }
        let mut response = builder.send().await.map_err(|error| {
            let error = call.error(transport::failure(&error, &url));
            tracing::debug!(%call, %error, "no answer");
            error
        })?;
        self.server_time.get_or_init(|| server_time(response.headers()));
        let status = response.status().as_u16();
        tracing::debug!(method = call.method, host = call.host, path = url.path(), status);
        let headers = std::mem::take(response.headers_mut());
        let body = self.read_body(response).await.map_err(|kind| call.error(kind))?;
        Ok(Answer { call: call.clone(), url, status, headers, body })
    }

    /// Reads a body up to the limit.
    async fn read_body(&self, mut response: Response) -> Result<Vec<u8>, ErrorKind> {
        let limit = || format!("{} MiB", self.max_body / 1024 / 1024);
        if response.content_length().is_some_and(|length| length > self.max_body) {
            return Err(ErrorKind::TooLarge { limit: limit() });
        }
        let mut body = Vec::new();
        let url = response.url().clone();
        while let Some(chunk) =
            response.chunk().await.map_err(|error| transport::failure(&error, &url))?
        {
            if (body.len() + chunk.len()) as u64 > self.max_body {
                return Err(ErrorKind::TooLarge { limit: limit() });
            }
            body.extend_from_slice(&chunk);
        }
        Ok(body)
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Http")
            .field("service", &self.service)
            .field("base", &self.base)
            .field("token", &self.token)
            .field("sleep", &self.sleep)
            .finish_non_exhaustive()
    }
}

/// The clock of the service by the headers of an answer that has just arrived.
fn server_time(headers: &HeaderMap) -> Option<ServerTime> {
    let date = parse_date(headers.get(DATE)?.to_str().ok()?)?;
    Some(ServerTime { date, received_at: Instant::now() })
}

/// The header that holds the token.
///
/// `PRIVATE-TOKEN` is for GitLab's personal, project and group tokens, `Authorization: Bearer` for
/// its OAuth tokens (GitLab, "REST API authentication") and for Calendly (Calendly, "Personal access
/// tokens").
fn authorization(service: Service, token: &Token) -> Result<(HeaderName, HeaderValue), Error> {
    let (name, value) = match service {
        Service::GitLab if !token.is_oauth() => {
            (HeaderName::from_static("private-token"), HeaderValue::from_str(token.expose()))
        }
        Service::GitLab | Service::Calendly => {
            (AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {}", token.expose())))
        }
    };
    let mut value =
        value.map_err(|_| ErrorKind::BadToken { reason: "it cannot be sent in a header" })?;
    value.set_sensitive(true);
    Ok((name, value))
}
