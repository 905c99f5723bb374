//! The one door to the services: headers, redirects, repeats and limits of every request.

use std::fmt;

use reqwest::header::{AUTHORIZATION, HeaderName, HeaderValue};
use reqwest::{Client, Response};
use serde::de::DeserializeOwned;
use serde_json::Value;
use url::Url;

use crate::base_url::BaseUrl;
use crate::error::body::gist;
use crate::error::classify::refusal;
use crate::error::{Call, Error};
use crate::events::{Observer, PageObserver, PageRead, Wait};
use crate::options::{Options, Waits};
use crate::request::{Ask, Verb};
use crate::sanitize::clean;
use crate::token::Token;

mod answer;
mod redirect;
mod retry;
mod transport;

#[cfg(test)]
mod tests;

pub(crate) use answer::Answer;
use redirect::redirect;
use retry::{ATTEMPTS, Decision, Outcome};

/// The largest answer that is read, in MiB, unpacked where it comes packed.
const MAX_BODY_MIB: u64 = 256;

/// How many redirects are followed.
const MAX_REDIRECTS: usize = 5;

/// How much of an answer that is no success is looked at, in bytes: errors are short.
const MAX_COMPLAINT: usize = 64 * 1024;

/// How a service wants the token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scheme {
    /// `PRIVATE-TOKEN: <token>` (GitLab, "REST API authentication").
    PrivateToken,
    /// `Authorization: Bearer <token>` (Calendly, "Personal access tokens").
    Bearer,
}

/// A service, and the right to ask it.
pub(crate) struct Http {
    client: Client,
    base: BaseUrl,
    header: Option<(HeaderName, HeaderValue)>,
    token: Option<Token>,
    waits: Waits,
    observer: Observer,
    pages: PageObserver,
    max_body: u64,
}

impl Http {
    /// Opens the door. Nothing is sent yet.
    pub(crate) fn new(options: Options, scheme: Scheme) -> Result<Self, Error> {
        let header = options.token.as_ref().map(|token| header(token, scheme)).transpose()?;
        Ok(Self {
            client: transport::client(&options.base, options.timeout)?,
            base: options.base,
            header,
            token: options.token,
            waits: options.waits,
            observer: options.observer,
            pages: options.pages,
            max_body: MAX_BODY_MIB * 1024 * 1024,
        })
    }

    /// Reads `path` below the base URL; `path` is encoded and has no leading slash.
    pub(crate) async fn get(&self, path: &str, query: &[(&str, &str)]) -> Result<Answer, Error> {
        self.get_url(self.url(path, query)).await
    }

    /// The URL of `path` below the base URL.
    pub(crate) fn url(&self, path: &str, query: &[(&str, &str)]) -> Url {
        self.base.endpoint(path, query)
    }

    /// Reads `url`, repeating as [`retry::decide`] says.
    pub(crate) async fn get_url(&self, url: Url) -> Result<Answer, Error> {
        self.ask(&Ask { verb: Verb::Get, url, body: None }).await
    }

    /// Changes what is at `path`, which is encoded and has no leading slash: one request, and no
    /// redirect is followed. Only a 429, which says that nothing was done, is waited out and
    /// followed by another, as [`retry::decide_write`] says.
    pub(crate) async fn send(
        &self,
        verb: Verb,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Answer, Error> {
        self.ask(&Ask { verb, url: self.url(path, &[]), body }).await
    }

    async fn ask(&self, ask: &Ask<'_>) -> Result<Answer, Error> {
        let call = ask.call();
        let decide = if ask.verb.is_read() { retry::decide } else { retry::decide_write };
        let mut backoffs = retry::backoffs();
        let mut attempt = 1;
        loop {
            let tried = self.attempt(&call, ask).await;
            let outcome = match &tried {
                Ok(answer) => Outcome::Answered(answer.status, &answer.headers),
                Err(Error::Network { kind, .. }) => Outcome::Lost(*kind),
                Err(_) => Outcome::Final,
            };
            match decide(outcome, backoffs.next()) {
                Decision::Repeat(reason, delay) => {
                    attempt += 1;
                    self.wait(Wait { reason, delay, attempt, attempts: ATTEMPTS }).await;
                }
                Decision::RateLimited(retry_after) => {
                    return Err(Error::RateLimited { call, retry_after });
                }
                Decision::Accept => return self.accept(tried?),
            }
        }
    }

    /// Reads an answer as JSON; `expected` names it for the error.
    pub(crate) fn json<T: DeserializeOwned>(
        &self,
        answer: &Answer,
        expected: &'static str,
    ) -> Result<T, Error> {
        serde_json::from_slice(&answer.body).map_err(|error| {
            let call = answer.call.clone();
            if error.is_data() {
                let detail = clean(&self.redacted(error.to_string().as_bytes()));
                return Error::Decode { call, expected, detail };
            }
            let mut found = gist(&self.redacted(&answer.body));
            if found.is_empty() {
                "nothing".clone_into(&mut found);
            }
            Error::NotJson { call, expected, found }
        })
    }

    /// Tells of a page that was read.
    pub(crate) fn tell(&self, page: PageRead) {
        (self.pages)(page);
    }

    /// Refuses a URL that the service points to, unless the token may go there.
    pub(crate) fn guard(&self, call: &Call, url: &Url) -> Result<(), Error> {
        if self.base.same_origin(url) {
            return Ok(());
        }
        let host = clean(&self.redacted(url.origin().ascii_serialization().as_bytes()));
        Err(Error::Redirected { call: call.clone(), host })
    }

    fn accept(&self, answer: Answer) -> Result<Answer, Error> {
        if (200..300).contains(&answer.status) {
            return Ok(answer);
        }
        Err(refusal(answer.call, answer.status, &self.redacted(&answer.body)))
    }

    async fn wait(&self, wait: Wait) {
        (self.observer)(wait);
        match self.waits {
            Waits::Real => tokio::time::sleep(wait.delay).await,
            Waits::Skipped => {}
        }
    }

    /// One attempt. Redirects are followed here, by hand, because the token travels with them; a
    /// write is not made at another place than it was meant for.
    async fn attempt(&self, call: &Call, ask: &Ask<'_>) -> Result<Answer, Error> {
        let mut url = ask.url.clone();
        for _ in 0..=MAX_REDIRECTS {
            self.guard(call, &url)?;
            let answer = self.once(call, ask, url).await?;
            match redirect(&answer) {
                None => return Ok(answer),
                Some(target) if ask.verb.is_read() => url = target,
                // It points to a report of what was done, so it is no refusal to do it.
                Some(_) if answer.status == 303 => return Ok(answer),
                Some(target) => {
                    self.guard(call, &target)?;
                    let path = clean(&self.redacted(target.path().as_bytes()));
                    return Err(Error::Moved { call: call.clone(), path });
                }
            }
        }
        Err(Error::RedirectLoop { call: call.clone(), limit: MAX_REDIRECTS })
    }

    async fn once(&self, call: &Call, ask: &Ask<'_>, url: Url) -> Result<Answer, Error> {
        let mut request = self.client.request(ask.verb.method(), url.clone());
        if let Some((name, value)) = &self.header {
            request = request.header(name, value);
        }
        if let Some(body) = ask.body {
            request = request.json(body);
        }
        let sent = request.send().await.map_err(|error| transport::failure(call, &error));
        let mut response = sent.inspect_err(|error| tracing::debug!(%call, %error, "no answer"))?;
        let status = response.status().as_u16();
        tracing::debug!(method = call.method, host = call.host, path = url.path(), status);
        let headers = std::mem::take(response.headers_mut());
        let body = self.body(call, response).await?;
        Ok(Answer { call: call.clone(), url, status, headers, body })
    }

    async fn body(&self, call: &Call, mut response: Response) -> Result<Vec<u8>, Error> {
        let too_large = || Error::TooLarge {
            call: call.clone(),
            limit: format!("{} MiB", self.max_body / 1024 / 1024),
        };
        if response.content_length().is_some_and(|length| length > self.max_body) {
            return Err(too_large());
        }
        let mut body = Vec::new();
        loop {
            let chunk = response.chunk().await;
            let Some(chunk) = chunk.map_err(|error| transport::failure(call, &error))? else {
                return Ok(body);
            };
            if (body.len() + chunk.len()) as u64 > self.max_body {
                return Err(too_large());
            }
            body.extend_from_slice(&chunk);
        }
    }

    /// The beginning of what a server said, without the token in case it repeats our headers.
    pub(crate) fn redacted(&self, said: &[u8]) -> String {
        let text = String::from_utf8_lossy(said.get(..MAX_COMPLAINT).unwrap_or(said));
        match &self.token {
            Some(token) => {
                // A host is told in small letters.
                let small = token.expose().to_ascii_lowercase();
                text.replace(token.expose(), "[redacted]").replace(&small, "[redacted]")
            }
            None => text.into_owned(),
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Http")
            .field("base", &self.base)
            .field("token", &self.token)
            .field("waits", &self.waits)
            .finish_non_exhaustive()
    }
}

fn header(token: &Token, scheme: Scheme) -> Result<(HeaderName, HeaderValue), Error> {
    let (name, value) = match scheme {
        Scheme::PrivateToken => {
            (HeaderName::from_static("private-token"), HeaderValue::from_str(token.expose()))
        }
        Scheme::Bearer => {
            (AUTHORIZATION, HeaderValue::from_str(&format!("Bearer {}", token.expose())))
        }
    };
    let mut value = value.map_err(|_| Error::BadToken { reason: "it cannot be a header" })?;
    value.set_sensitive(true);
    Ok((name, value))
}
