//! A request as a value.

use serde_json::Value;
use url::Url;

use crate::error::{Call, Service};

/// The HTTP method of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// Reads.
    Get,
    /// Creates: sent twice, it creates two.
    Post,
    /// Changes.
    Put,
    /// Removes.
    Delete,
}

impl Method {
    /// Whether the request changes nothing, so that it may be repeated.
    pub(crate) fn is_read(self) -> bool {
        self == Self::Get
    }

    /// The method as it is sent, in capitals.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Post => "POST",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

impl From<Method> for reqwest::Method {
    fn from(method: Method) -> Self {
        match method {
            Method::Get => Self::GET,
            Method::Post => Self::POST,
            Method::Put => Self::PUT,
            Method::Delete => Self::DELETE,
        }
    }
}

/// A request before it is sent.
#[derive(Debug)]
pub(crate) struct Request<'a> {
    /// The method.
    pub(crate) method: Method,
    /// The complete URL.
    pub(crate) url: Url,
    /// The body, sent as JSON.
    pub(crate) body: Option<&'a Value>,
}

impl Request<'_> {
    /// Describes the request for errors.
    pub(crate) fn call(&self, service: Service) -> Call {
        Call::new(service, self.method.as_str(), &self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn errors_name_the_method_that_is_sent_but_no_query() {
        for method in [Method::Get, Method::Post, Method::Put, Method::Delete] {
            let url = Url::parse("https://h.example:8443/x?q=s3cret").unwrap();
            let call = Request { method, url, body: None }.call(Service::GitLab);
            let sent = reqwest::Method::from(method);
            assert_eq!(call.to_string(), format!("{sent} h.example:8443/x"));
            assert_eq!(method.is_read(), sent.is_safe());
        }
    }
}
