//! The target of a redirect.

use reqwest::header::LOCATION;
use url::Url;

use super::answer::Answer;

/// The target of a redirect; `None` for any other answer.
pub(super) fn target(answer: &Answer) -> Option<Url> {
    if !matches!(answer.status, 301 | 302 | 303 | 307 | 308) {
        return None;
    }
    let mut target = answer.url.join(answer.headers.get(LOCATION)?.to_str().ok()?).ok()?;
    // The client would send a user and password of the URL instead of our token.
    target.set_username("").and_then(|()| target.set_password(None)).ok()?;
    Some(target)
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderMap, HeaderValue};

    use super::*;
    use crate::error::{Call, Service};

    #[test]
    fn a_redirect_cannot_bring_its_own_user() {
        let url = Url::parse("http://127.0.0.1:80/x").unwrap();
        let location = HeaderValue::from_static("http://eve:pw@127.0.0.1/y");
        let answer = Answer {
            call: Call::new(Service::GitLab, "GET", &url),
            url,
            status: 302,
            headers: HeaderMap::from_iter([(LOCATION, location)]),
            body: Vec::new(),
        };
        assert_eq!(target(&answer).unwrap().as_str(), "http://127.0.0.1/y");
    }
}
