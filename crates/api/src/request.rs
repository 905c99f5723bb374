//! A request as a value: what is asked, and how.

use reqwest::Method;
use serde_json::Value;
use url::Url;

use crate::error::Call;

/// What a request does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    /// It reads.
    Get,
    /// It makes something new: made twice, it makes two.
    Post,
    /// It changes something.
    Put,
    /// It removes something.
    Delete,
}

impl Verb {
    /// Whether the request changes nothing, so that it may be made as often as needed.
    pub(crate) fn is_read(self) -> bool {
        self == Self::Get
    }

    /// The method.
    pub(crate) fn method(self) -> Method {
        match self {
            Self::Get => Method::GET,
            Self::Post => Method::POST,
            Self::Put => Method::PUT,
            Self::Delete => Method::DELETE,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

/// A request.
#[derive(Debug)]
pub(crate) struct Ask<'a> {
    /// What it does.
    pub(crate) verb: Verb,
    /// To what.
    pub(crate) url: Url,
    /// What is sent along, as JSON.
    pub(crate) body: Option<&'a Value>,
}

impl Ask<'_> {
    /// The request's description for errors.
    pub(crate) fn call(&self) -> Call {
        Call::new(self.verb.name(), &self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_method_that_is_sent() {
        for verb in [Verb::Get, Verb::Post, Verb::Put, Verb::Delete] {
            let url = Url::parse("https://h.example/x?q=s3cret").unwrap();
            let ask = Ask { verb, url, body: None };
            assert_eq!(ask.call().method, verb.method().as_str());
            assert_eq!(verb.is_read(), verb.method().is_safe());
        }
    }
}
