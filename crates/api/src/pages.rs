//! Following a list to its last page.
//!
//! A page may be shorter than asked for though more follow, so only the headers tell the end:
//! `Link` with `rel="next"`, else `X-Next-Page` (GitLab, "REST API pagination").

use std::collections::HashSet;

use reqwest::header::{HeaderMap, LINK};
use serde::de::DeserializeOwned;
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::events::PageRead;
use crate::http::Http;
use crate::sanitize::one_line;

/// How many items a page should have; more is cut to this.
const PER_PAGE: &str = "100";

/// How many pages are followed: half a million items.
pub(crate) const MAX_PAGES: usize = 5_000;

/// Reads all pages of the list at `path`; `list` says what it is of, for errors and progress.
pub(crate) async fn all<T: DeserializeOwned>(
    http: &Http,
    path: &str,
    query: &[(&str, &str)],
    list: &'static str,
) -> Result<Vec<T>, Error> {
    let mut query = query.to_vec();
    query.push(("per_page", PER_PAGE));
    let mut url = http.url(path, &query);
    let mut seen = HashSet::new();
    let mut items = Vec::new();
    loop {
        seen.insert(url.clone());
        let answer = http.get_url(url).await?;
        items.extend(http.json::<Vec<T>>(&answer, list)?);
        http.report_page(PageRead { list, number: seen.len(), items: items.len() });
        let broken = |detail: String| answer.call.error(ErrorKind::Paging { detail });
        match next(&answer.headers, &answer.url).map_err(broken)? {
            None => return Ok(items),
            Some(next) => {
                http.guard(&answer.call, &next)?;
                if seen.contains(&next) {
                    return Err(broken("a page names an earlier one as the next".to_owned()));
                }
                if seen.len() >= MAX_PAGES {
                    return Err(broken(format!("there are more than {MAX_PAGES} pages")));
                }
                url = next;
            }
        }
    }
}

/// The URL of the page after the one at `current`, or why it cannot be told.
fn next(headers: &HeaderMap, current: &Url) -> Result<Option<Url>, String> {
    for value in headers.get_all(LINK) {
        let value = value.to_str().map_err(|_| "the Link header is not text".to_owned())?;
        if let Some(target) = next_link(value) {
            let joined = current.join(target);
            return joined
                .map(Some)
                .map_err(|_| format!("the next page has no usable URL: {}", one_line(target)));
        }
    }
    let page = headers.get("x-next-page").and_then(|value| value.to_str().ok()).unwrap_or_default();
    if page.trim().is_empty() {
        return Ok(None);
    }
    let number: u64 = page
        .trim()
        .parse()
        .map_err(|_| format!("the next page has no number: {}", one_line(page)))?;
    Ok(Some(with_page(current, number)))
}

/// `url` with its `page` parameter replaced.
fn with_page(url: &Url, number: u64) -> Url {
    let others: Vec<(String, String)> =
        url.query_pairs().into_owned().filter(|(name, _)| name != "page").collect();
    let mut url = url.clone();
    url.query_pairs_mut().clear().extend_pairs(others).append_pair("page", &number.to_string());
    url
}

/// The target of the link with the relation `next` (RFC 8288).
fn next_link(value: &str) -> Option<&str> {
    let mut rest = value;
    while let Some((target, after)) =
        rest.split_once('<').and_then(|(_, rest)| rest.split_once('>'))
    {
        let (parameters, others) = after.split_once(unquoted(',')).unwrap_or((after, ""));
        let is_next = parameters.split(unquoted(';')).any(|parameter| {
            parameter.split_once('=').is_some_and(|(name, value)| {
                name.trim().eq_ignore_ascii_case("rel")
                    && value
                        .trim()
                        .trim_matches('"')
                        .split_whitespace()
                        .any(|relation| relation.eq_ignore_ascii_case("next"))
            })
        });
        if is_next {
            return Some(target);
        }
        rest = others;
    }
    None
}

/// Finds a separator outside quotes.
fn unquoted(separator: char) -> impl FnMut(char) -> bool {
    let mut quoted = false;
    move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    }
}

#[cfg(test)]
mod tests {
    use std::sync::{Arc, Mutex};

    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;
    use crate::base_url::BaseUrl;
    use crate::error::Service;
    use crate::fake::{Fake, Received, answer, json};
    use crate::options::{Options, Sleep};

    #[test]
    fn the_next_link_is_found() {
        for (value, expected) in [
            ("", None),
            (r#"<https://h/1>; rel="first", <https://h/9>; rel="last""#, None),
            (r#"<https://h/1>; rel="prev", <https://h/3>; rel="next""#, Some("https://h/3")),
            (r#"<https://h/3?a=1,2;b>; title="x, <y>"; REL=Next"#, Some("https://h/3?a=1,2;b")),
            (r#"<https://h/3>; rel="last next""#, Some("https://h/3")),
            (r#"<https://h/3>; rel="nextish""#, None),
            (r#"<https://h/1>; title="rel=next, "; rel="first""#, None),
            (r#"<https://h/3; rel="next""#, None),
        ] {
            assert_eq!(next_link(value), expected, "{value}");
        }
    }

    #[test]
    fn headers_tell_the_next_page() {
        let current = Url::parse("https://h/list?per_page=100&page=1&x=a%2Bb").unwrap();
        for (headers, expected) in [
            (&[][..], Ok(None)),
            (&[("x-next-page", "")], Ok(None)),
            (&[("x-next-page", "2")], Ok(Some("https://h/list?per_page=100&x=a%2Bb&page=2"))),
            (&[("x-next-page", "two")], Err("the next page has no number: two")),
            (
                &[("link", "</list?c=z>; rel=next"), ("x-next-page", "2")],
                Ok(Some("https://h/list?c=z")),
            ),
            (&[("link", "</>; rel=first"), ("link", "</n>; rel=next")], Ok(Some("https://h/n"))),
            (
                &[("link", "<https://[>; rel=next")],
                Err("the next page has no usable URL: https://["),
            ),
        ] {
            let mut map = HeaderMap::new();
            for (name, value) in headers {
                map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
            }
            let found = next(&map, &current);
            let found = found.as_ref().map(|url| url.as_ref().map(Url::as_str));
            assert_eq!(found.map_err(String::as_str), expected, "{headers:?}");
        }
    }

    fn options(fake: &Fake) -> Options {
        let mut options = Options::new(BaseUrl::parse(&fake.url()).unwrap(), None);
        options.sleep = Sleep::Skipped;
        options
    }

    async fn read(fake: &Fake) -> Result<Vec<u32>, Error> {
        read_with(options(fake)).await
    }

    async fn read_with(options: Options) -> Result<Vec<u32>, Error> {
        let http = Http::new(Service::GitLab, options).unwrap();
        all(&http, "list", &[], "numbers").await
    }

    #[tokio::test]
    async fn short_and_empty_pages_do_not_end_a_list() {
        let fake = Fake::start(vec![
            json("X-Next-Page: 2\r\n", "[1]"),
            json("X-Next-Page: 3\r\n", "[]"),
            json("X-Next-Page: \r\n", "[2,3]"),
        ]);
        assert_eq!(read(&fake).await, Ok(vec![1, 2, 3]));
        let paths: Vec<String> = fake.requests().iter().map(Received::path).collect();
        let expected = ["", "&page=2", "&page=3"].map(|page| format!("/list?per_page=100{page}"));
        assert_eq!(paths, expected);
    }

    #[tokio::test]
    async fn each_page_is_told_once_it_is_read() {
        let fake = Fake::start(vec![
            json("X-Next-Page: 2\r\n", "[1,2]"),
            answer("502 Bad Gateway", "", b""),
            json("X-Next-Page: 3\r\n", "[]"),
            json("", "{}"),
        ]);
        let told = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&told);
        let mut options = options(&fake);
        options.pages = Arc::new(move |page| log.lock().unwrap().push(page));
        assert!(matches!(
            read_with(options).await,
            Err(Error { kind: ErrorKind::Decode { .. }, .. })
        ));
        let list = "numbers";
        let first = PageRead { list, number: 1, items: 2 };
        assert_eq!(*told.lock().unwrap(), [first, PageRead { number: 2, ..first }]);
    }

    #[tokio::test]
    async fn a_page_that_comes_back_is_an_error() {
        let link = "Link: </list?page=2>; rel=\"next\"\r\n";
        let fake = Fake::start(vec![json(link, "[1]"), json(link, "[2]")]);
        assert!(matches!(read(&fake).await, Err(Error { kind: ErrorKind::Paging { .. }, .. })));
        assert_eq!(fake.requests().len(), 2);
    }

    #[tokio::test]
    async fn a_next_page_elsewhere_is_not_asked_for() {
        let fake = Fake::start(vec![json("Link: <http://127.0.0.1:1/2>; rel=\"next\"\r\n", "[1]")]);
        let error = read(&fake).await.unwrap_err();
        assert!(
            matches!(&error.kind, ErrorKind::Redirected { host } if host == "http://127.0.0.1:1"),
            "{error:?}"
        );
    }
}
