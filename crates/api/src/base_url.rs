//! The address of a service: one that is safe to send a token to.

use std::fmt;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};
use url::{Host, Url};

use crate::error::{Error, ErrorKind};

/// Where a service is reached: `https://gitlab.com`, or with a relative root such as
/// `https://example.com/gitlab`.
///
/// It is https, or http on this machine, and has no user, password, query or fragment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BaseUrl(Url);

impl BaseUrl {
    /// Parses an address as it was configured.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadUrl`], which does not repeat the text, or [`ErrorKind::InsecureUrl`].
    pub fn parse(text: &str) -> Result<Self, Error> {
        let bad = |reason| Err(ErrorKind::BadUrl { reason }.into());
        let Ok(url) = Url::parse(text.trim()) else {
            return bad("it must look like https://gitlab.example.com");
        };
        let Some(host) = url.host_str().filter(|_| matches!(url.scheme(), "http" | "https")) else {
            return bad("it must start with https://");
        };
        if !url.username().is_empty() || url.password().is_some() {
            return bad("it must not hold a user name or password");
        }
        if url.query().is_some() || url.fragment().is_some() {
            return bad("it must not have a query (?) or fragment (#)");
        }
        if url.scheme() == "http" && !is_loopback(&url) {
            return Err(ErrorKind::InsecureUrl { host: host.to_owned() }.into());
        }
        Ok(Self(url))
    }

    /// Whether the service runs on this machine: 127.0.0.0/8, `::1` or `localhost`.
    pub fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }

    /// The host, with its port where that is not the scheme's usual one: what a stored token
    /// belongs to.
    pub fn authority(&self) -> String {
        let host = self.0.host_str().unwrap_or_default();
        self.0.port().map_or_else(|| host.to_owned(), |port| format!("{host}:{port}"))
    }

    /// Whether connections must be encrypted.
    pub(crate) fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Whether `other` has the same scheme, host and port.
    pub(crate) fn same_origin(&self, other: &Url) -> bool {
        self.0.origin() == other.origin()
    }

    /// The URL of a call: `path` below the base, already encoded and without a leading slash.
    pub(crate) fn endpoint(&self, path: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.0.clone();
        url.set_path(&format!("{}/{path}", self.0.path().trim_end_matches('/')));
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }
}

impl fmt::Display for BaseUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.0.as_str().trim_end_matches('/'))
    }
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// The characters that stay as they are in a path segment.
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'~');

/// Encodes a complete name as one segment of a path: `a/b` becomes `a%2Fb` (GitLab, "REST API",
/// namespaced paths). Dots are encoded too, as in GitLab's examples of file paths.
///
/// # Errors
///
/// [`ErrorKind::BadName`] for the empty name, `.` and `..`: as segments they would name another
/// call.
pub(crate) fn segment(name: &str) -> Result<String, Error> {
    if matches!(name, "" | "." | "..") {
        return Err(ErrorKind::BadName { name: name.to_owned() }.into());
    }
    Ok(utf8_percent_encode(name, UNRESERVED).to_string())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_that_are_taken() {
        for (text, shown, authority, loopback) in [
            ("https://gitlab.com", "https://gitlab.com", "gitlab.com", false),
            (" https://GitLab.com:443/ ", "https://gitlab.com", "gitlab.com", false),
            ("https://h.example/gitlab/", "https://h.example/gitlab", "h.example", false),
            ("https://h.example:8443", "https://h.example:8443", "h.example:8443", false),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080", true),
            ("http://127.9.9.9", "http://127.9.9.9", "127.9.9.9", true),
            ("http://[::1]:1", "http://[::1]:1", "[::1]:1", true),
            ("http://LOCALHOST:1", "http://localhost:1", "localhost:1", true),
            ("https://localhost", "https://localhost", "localhost", true),
        ] {
            let base = BaseUrl::parse(text).unwrap();
            assert_eq!(base.to_string(), shown);
            assert_eq!(base.authority(), authority);
            assert_eq!(base.is_loopback(), loopback, "{text}");
        }
    }

    #[test]
    fn addresses_that_are_refused_without_repeating_them() {
        for (text, reason) in [
            ("", "must look like"),
            ("gitlab.com", "must look like"),
            ("https://s3cret:s3cret@[bad", "must look like"),
            ("ftp://gitlab.com", "start with https"),
            ("file:///etc/passwd", "start with https"),
            ("https://s3cret@gitlab.com", "user name"),
            ("https://:s3cret@gitlab.com", "user name"),
            ("https://gitlab.com?token=s3cret", "query"),
            ("https://gitlab.com#s3cret", "fragment"),
            ("http://gitlab.com", "gitlab.com is not"),
            ("http://10.0.0.1", "10.0.0.1 is not"),
            ("http://[::2]", "is not"),
            ("http://localhost.example.com", "is not"),
            ("http://127.0.0.1.example.com", "is not"),
            ("http://s3cret@gitlab.com", "user name"),
        ] {
            let error = BaseUrl::parse(text).unwrap_err();
            assert!(error.to_string().contains(reason), "{text}: {error}");
            assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
        }
    }

    #[test]
    fn a_relative_root_stays_in_front() {
        let path = format!("api/v4/projects/{}", segment("a/b").unwrap());
        for (base, expected) in [
            ("https://h.example", "https://h.example/api/v4/projects/a%2Fb?ref=x%2By+z"),
            ("https://h.example/git/", "https://h.example/git/api/v4/projects/a%2Fb?ref=x%2By+z"),
        ] {
            let base = BaseUrl::parse(base).unwrap();
            assert_eq!(base.endpoint(&path, &[("ref", "x+y z")]).as_str(), expected);
        }
        let base = BaseUrl::parse("https://h.example").unwrap();
        assert_eq!(base.endpoint("users/me", &[]).as_str(), "https://h.example/users/me");
    }

    #[test]
    fn names_are_encoded_completely() {
        for (name, expected) in [
            ("data/support-team.yaml", "data%2Fsupport-team%2Eyaml"),
            ("a b%2F+?#", "a%20b%252F%2B%3F%23"),
            ("zoë/日", "zo%C3%AB%2F%E6%97%A5"),
            ("a/../b", "a%2F%2E%2E%2Fb"),
            ("x_y~z", "x_y~z"),
        ] {
            assert_eq!(segment(name).unwrap(), expected);
        }
        for name in ["", ".", ".."] {
            assert_eq!(
                segment(name).unwrap_err().kind,
                ErrorKind::BadName { name: name.to_owned() }
            );
        }
    }

    #[test]
    fn origin_is_scheme_host_and_port() {
        let base = BaseUrl::parse("https://h.example/gitlab").unwrap();
        for (url, same) in [
            ("https://h.example/elsewhere", true),
            ("https://h.example:443/", true),
            ("https://H.EXAMPLE/", true),
            ("http://h.example/", false),
            ("https://h.example:444/", false),
            ("https://h.example.evil.example/", false),
            ("https://evil.example/h.example", false),
        ] {
            assert_eq!(base.same_origin(&Url::parse(url).unwrap()), same, "{url}");
        }
    }
}
