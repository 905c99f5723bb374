//! A request as it was received.

use crate::percent;

/// Which of the two pretended services a request reached.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Service {
    /// The one at [`Sandbox::gitlab_url`](crate::Sandbox::gitlab_url).
    GitLab,
    /// The one at [`Sandbox::calendly_url`](crate::Sandbox::calendly_url).
    Calendly,
}

/// A request as it was received, whatever became of it: also one that a fault swallowed.
#[derive(Clone, Debug)]
pub struct Request {
    /// Which service it reached.
    pub service: Service,
    /// The method in capitals, such as `GET`.
    pub method: String,
    /// The path with its query, encoded as it was sent: `/api/v4/projects/a%2Fb?x=y`.
    pub path: String,
    /// The headers in the order received, names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body; empty if there is none.
    pub body: Vec<u8>,
}

impl Request {
    /// The first value of a header, whose name is matched whatever its case.
    pub fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(seen, _)| seen.eq_ignore_ascii_case(name))?;
        Some(value)
    }

    /// True unless the method is `GET` or `HEAD`.
    pub fn is_write(&self) -> bool {
        !matches!(self.method.as_str(), "GET" | "HEAD")
    }

    /// The path without the query, still encoded.
    pub(crate) fn raw_path(&self) -> &str {
        self.path.split_once('?').map_or(&self.path, |(path, _)| path)
    }

    /// The query as names and values, decoded, in order.
    pub(crate) fn query(&self) -> Vec<(String, String)> {
        pairs(self.path.split_once('?').map_or("", |(_, query)| query))
    }

    /// The last value of a parameter of the query: Rack lets the last one win.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        self.query().into_iter().rev().find_map(|(key, value)| (key == name).then_some(value))
    }

    /// The scheme, host and port under which the client knows the service.
    pub(crate) fn origin(&self) -> String {
        format!("http://{}", self.header("host").unwrap_or("127.0.0.1"))
    }

    /// The token of an `Authorization: Bearer` header.
    pub(crate) fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header("authorization")?.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}

/// The names and values of a query or a form, decoded, in order.
pub(crate) fn pairs(encoded: &str) -> Vec<(String, String)> {
    let decode = |text: &str| percent::decode(&text.replace('+', " "));
    let parts = encoded.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| part.split_once('=').unwrap_or((part, "")))
        .map(|(name, value)| (decode(name), decode(value)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::{Request, Service};

    fn request(path: &str) -> Request {
        let headers = vec![("authorization".to_owned(), "bearer  abc ".to_owned())];
        let (service, method) = (Service::GitLab, "GET".to_owned());
        Request { service, method, path: path.to_owned(), headers, body: Vec::new() }
    }

    #[test]
    fn splits_path_and_query() {
        let request = request("/a%2Fb?ref=one+two&x=%26&flag&ref=last");
        assert_eq!(request.raw_path(), "/a%2Fb");
        assert_eq!(request.parameter("ref").as_deref(), Some("last"));
        assert_eq!(request.parameter("x").as_deref(), Some("&"));
        assert_eq!(request.parameter("flag").as_deref(), Some(""));
        assert_eq!(request.parameter("none"), None);
        assert_eq!(request.query().first().map(|(_, value)| value.as_str()), Some("one two"));
    }

    #[test]
    fn reads_the_bearer_token() {
        assert_eq!(request("/").bearer(), Some("abc"));
    }
}
