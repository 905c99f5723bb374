//! Faults: what a server, a proxy or a connection does wrong, on demand.

use std::time::Duration;

use serde_json::json;

use crate::{reply::Reply, request::Request};

/// A fault that waits for the requests it applies to.
///
/// A request meets at most one fault: of those injected, the first that matches, has nothing left
/// to skip and is not used up.
#[derive(Clone, Debug)]
pub struct Fault {
    /// The method of the requests that are affected, in capitals; `None` for any method.
    pub method: Option<String>,
    /// Only requests whose path and query, encoded as sent, contain this. An empty text matches
    /// every request to both services.
    pub path_contains: String,
    /// How many matching requests pass before it applies; those that meet an earlier fault do not
    /// count.
    pub skip: u32,
    /// How many more requests it applies to.
    pub times: u32,
    /// What happens.
    pub kind: FaultKind,
}

/// What happens to a request that meets a fault.
#[derive(Clone, Debug)]
pub enum FaultKind {
    /// The request is not handled; this is answered.
    Answer(Answer),
    /// The request is handled; this is answered all the same: a 500 after the write was done.
    AnswerAfter(Answer),
    /// The request is not handled; the connection ends without an answer.
    CutBefore,
    /// The request is handled; the connection ends without an answer.
    CutAfter,
    /// The request waits, then is handled as usual.
    Slow(Duration),
    /// The request is handled; the head and so many bytes of the body are sent, then the
    /// connection ends. `Content-Length` is the complete body's.
    Truncate(usize),
    /// The request is not handled; the answer is a redirect.
    Redirect {
        /// 301, 302, 303, 307 or 308.
        status: u16,
        /// The address to go to, sent as it is.
        location: String,
    },
    /// The request is handled; the answer's `Content-Type` is this, whatever its body.
    ContentType(String),
    /// The request is handled; `x-gitlab-content-sha256`, if the answer has it, is another.
    WrongSha256,
    /// The request is handled; the answer lacks every header of paging, as if a proxy dropped
    /// them.
    NoPaging,
    /// The request is handled; the addresses in `Link` begin with this origin, such as
    /// `http://gitlab.internal:8080`: the one that a server behind a proxy has been told.
    LinkOrigin(String),
    /// The request is handled; this is the answer's `Date`, however wrong. An HTTP library
    /// always sends one, so a text that is no date stands for a missing header.
    Date(String),
}

/// An answer that a test makes up: any status, also with a content type that does not fit.
#[derive(Clone, Debug, Default)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The value of `Content-Type`; empty for an answer without one.
    pub content_type: String,
    /// Further headers.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

impl Fault {
    /// A fault for the next request of any method whose path contains the text.
    pub fn new(path_contains: &str, kind: FaultKind) -> Self {
        Self { method: None, path_contains: path_contains.to_owned(), skip: 0, times: 1, kind }
    }

    /// The same fault for requests of one method.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.method = Some(method.to_owned());
        self
    }

    /// The same fault after so many more matching requests that pass unharmed: page 57 of a list
    /// is what follows 56 others.
    #[must_use]
    pub fn skip(mut self, skip: u32) -> Self {
        self.skip = skip;
        self
    }

    /// The same fault for so many requests.
    #[must_use]
    pub fn times(mut self, times: u32) -> Self {
        self.times = times;
        self
    }

    fn matches(&self, request: &Request) -> bool {
        self.times > 0
            && request.path.contains(&self.path_contains)
            && self.method.as_ref().is_none_or(|method| *method == request.method)
    }
}

impl Answer {
    /// A JSON answer with the text as its body.
    pub fn json(status: u16, body: &str) -> Self {
        let (content_type, body) = ("application/json".to_owned(), body.as_bytes().to_vec());
        Self { status, content_type, headers: Vec::new(), body }
    }

    /// An answer with an HTML or plain body, as proxies give.
    pub fn text(status: u16, content_type: &str, body: &str) -> Self {
        Self { content_type: content_type.to_owned(), ..Self::json(status, body) }
    }

    /// The same answer with one more header.
    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    /// GitLab's 429 of a limit on users or addresses: plain text (GitLab docs: User and IP rate
    /// limits). Add `Retry-After` where it is wanted.
    pub fn too_many_requests_text() -> Self {
        Self::text(429, "text/plain", "Retry later\n")
    }

    /// GitLab's 429 of a limit on one endpoint, such as the creation of notes: JSON (recorded
    /// from GitLab 18.9, which sends neither `Retry-After` nor `Content-Type` with it).
    pub fn too_many_requests_json() -> Self {
        let text = "This endpoint has been requested too many times. Try again later.";
        Self::text(429, "", &format!(r#"{{"message":{{"error":"{text}"}}}}"#))
    }

    /// GitLab's 500.
    pub fn internal_server_error() -> Self {
        Self::json(500, r#"{"message":"500 Internal Server Error"}"#)
    }

    /// An error in Calendly's shape (Calendly docs: Error response), such as 500, `Internal
    /// Server Error`, `The server encountered an unexpected condition that prevented it from
    /// fulfilling the request.`
    pub fn calendly(status: u16, title: &str, message: &str) -> Self {
        Self::json(status, &json!({"title": title, "message": message}).to_string())
    }

    /// GitLab's 409 to all but one of several writes to an issue at the same time; it writes
    /// nothing and sends no `Retry-After` (recorded from GitLab 18.9).
    pub fn resource_lock() -> Self {
        Self::json(409, r#"{"message":"409 Conflict: Resource lock"}"#)
    }

    /// A load balancer's 502.
    pub fn bad_gateway() -> Self {
        let body = "<html><head><title>502 Bad Gateway</title></head><body></body></html>\n";
        Self::text(502, "text/html", body)
    }

    /// GitLab's 409 that asks for a captcha (GitLab docs: Issues API).
    pub fn captcha() -> Self {
        Self::json(
            409,
            r#"{"needs_captcha_response":true,"spam_log_id":42,"captcha_site_key":"site-key","message":{"error":"Your issue has been recognized as spam. Please, change the content or solve the reCAPTCHA to proceed."}}"#,
        )
    }

    /// GitLab's 400 for what it takes for spam.
    pub fn spam() -> Self {
        Self::json(
            400,
            r#"{"message":{"error":"Your issue has been recognized as spam and has been discarded."}}"#,
        )
    }
}

impl From<Answer> for Reply {
    fn from(answer: Answer) -> Self {
        let Answer { status, content_type, headers, body } = answer;
        let reply = Self { status, headers: Vec::new(), body };
        let reply = match content_type.as_str() {
            "" => reply,
            content_type => reply.with("content-type", content_type),
        };
        headers.into_iter().fold(reply, |reply, (name, value)| reply.with(&name, value))
    }
}

/// Uses up one turn of the first fault that applies to the request.
pub(crate) fn take(faults: &mut [Fault], request: &Request) -> Option<FaultKind> {
    for fault in faults.iter_mut().filter(|fault| fault.matches(request)) {
        if fault.skip == 0 {
            fault.times -= 1;
            return Some(fault.kind.clone());
        }
        fault.skip -= 1;
    }
    None
}
