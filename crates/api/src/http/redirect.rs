//! The target of a redirect.

use percent_encoding::percent_decode_str;
use reqwest::header::LOCATION;
use url::Url;

use super::answer::Answer;
use crate::sanitize::one_line;

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

/// The number or full path of the project that a URL of GitLab's API is about, if it names one.
pub(super) fn project(url: &Url) -> Option<String> {
    let (_, rest) = url.path().split_once("/api/v4/projects/")?;
    let segment = rest.split('/').next().filter(|segment| !segment.is_empty())?;
    let name = percent_decode_str(segment).decode_utf8().ok()?;
    Some(one_line(&name))
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

    #[test]
    fn the_project_of_a_url_is_its_number_or_path() {
        for (url, expected) in [
            ("https://h/api/v4/projects/7/issues?x=y", Some("7")),
            ("https://h/git/api/v4/projects/a%2Fb%2Fc", Some("a/b/c")),
            ("https://h/api/v4/projects/", None),
            ("https://h/api/v4/users/7", None),
            ("https://h/users/sign_in", None),
            ("https://h/api/v4/projects/%ff", None),
        ] {
            assert_eq!(project(&Url::parse(url).unwrap()).as_deref(), expected, "{url}");
        }
    }
}
