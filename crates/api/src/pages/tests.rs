//! Lists that change, and servers that hide their paging, against a scripted server.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use std::{iter, thread};

use reqwest::header::{HeaderName, HeaderValue};

use super::*;
use crate::base_url::BaseUrl;
use crate::error::Service;
use crate::fake::{Fake, Received, answer, json};
use crate::options::{Options, Sleep};

/// The headers of a page.
#[derive(Debug, Clone, Copy)]
enum Headers {
    /// All that GitLab sends.
    All,
    /// Those of lists that are too long to count, with the address of an internal host.
    Uncounted,
    /// None: a proxy dropped them.
    Dropped,
}

/// Answers like GitLab with a page of `items`.
fn page(items: &[u64], received: &Received, headers: Headers) -> Vec<u8> {
    let number: usize = received.parameter("page").unwrap().parse().unwrap();
    let count = items.len().div_ceil(100).max(1);
    let next = if number < count { (number + 1).to_string() } else { String::new() };
    let link = if next.is_empty() { "first" } else { "next" };
    let link = format!("Link: <http://gitlab.internal/list?page={next}>; rel=\"{link}\"\r\n");
    let headers = match headers {
        Headers::All => format!(
            "X-Total: {}\r\nX-Total-Pages: {count}\r\nX-Next-Page: {next}\r\n{link}",
            items.len(),
        ),
        Headers::Uncounted => link,
        Headers::Dropped => String::new(),
    };
    let items: Vec<_> = items.iter().skip((number - 1) * 100).take(100).collect();
    json(&headers, &serde_json::to_string(&items).unwrap())
}

/// Starts a server of a list to which `history` happens before each request, by its number from 1.
fn changing(
    length: u64,
    headers: Headers,
    history: impl Fn(usize, &mut Vec<u64>) + Send + Sync + 'static,
) -> Fake {
    let state = Mutex::new((0, (0..length).collect::<Vec<u64>>()));
    Fake::respond(move |received| {
        let (requests, items) = &mut *state.lock().unwrap();
        *requests += 1;
        history(*requests, items);
        page(items, received, headers)
    })
}

fn options(fake: &Fake) -> Options {
    let mut options = Options::new(BaseUrl::parse(&fake.url()).unwrap(), None);
    options.sleep = Sleep::Skipped;
    options
}

async fn read_with(options: Options) -> Result<Vec<u64>, Error> {
    let http = Http::new(Service::GitLab, options).unwrap();
    all(&http, "list", &[], "numbers", |number| *number).await
}

async fn read(fake: &Fake) -> Result<Vec<u64>, Error> {
    read_with(options(fake)).await
}

fn paging(detail: &str) -> ErrorKind {
    ErrorKind::Paging { detail: detail.to_owned() }
}

#[tokio::test]
async fn a_list_that_stays_the_same_is_read_in_order() {
    for (headers, length, requests) in [
        (Headers::All, 0, 1),
        (Headers::All, 99, 1),
        (Headers::All, 100, 1),
        (Headers::All, 101, 4),
        (Headers::All, 1_234, 15),
        (Headers::Uncounted, 100, 1),
        (Headers::Uncounted, 201, 6),
        // Without any header only an empty page is the end.
        (Headers::Dropped, 0, 1),
        (Headers::Dropped, 100, 4),
        (Headers::Dropped, 250, 8),
    ] {
        let fake = changing(length, headers, |_, _| {});
        let expected: Vec<u64> = (0..length).collect();
        assert_eq!(read(&fake).await, Ok(expected), "{headers:?} {length}");
        assert_eq!(fake.requests().len(), requests, "{headers:?} {length}");
    }
}

#[tokio::test]
async fn no_item_is_lost_whatever_changes_between_two_requests() {
    type Change = fn(&mut Vec<u64>);
    let changes: [(&str, Change); 6] = [
        ("deleted first", |items| {
            items.remove(0);
        }),
        ("deleted between", |items| {
            items.remove(150);
        }),
        ("deleted last", |items| {
            items.pop();
        }),
        ("added", |items| items.push(1_000)),
        ("deleted first and added", |items| {
            items.remove(0);
            items.push(1_000);
        }),
        ("deleted between and added", |items| {
            items.remove(150);
            items.push(1_000);
        }),
    ];
    for headers in [Headers::All, Headers::Uncounted, Headers::Dropped] {
        for (name, change) in changes {
            for moment in 1..=8 {
                let fake = changing(301, headers, move |request, items| {
                    if request == moment {
                        change(items);
                    }
                });
                let items = read(&fake).await.unwrap();
                let mut left: Vec<u64> = (0..301).collect();
                change(&mut left);
                let context = format!("{name} before request {moment}, {headers:?}");
                for item in left.iter().filter(|item| **item != 1_000) {
                    assert!(items.contains(item), "{item} is lost: {context}");
                }
                assert!(items.is_sorted_by(|a, b| a < b), "{context}");
            }
        }
    }
}

#[tokio::test]
async fn a_list_that_never_rests_is_refused() {
    for headers in [Headers::All, Headers::Uncounted, Headers::Dropped] {
        let fake = changing(150, headers, |_, items| {
            items.remove(0);
        });
        let error = read(&fake).await.unwrap_err();
        assert_eq!(error.kind, paging("it changed during each of 4 readings"), "{headers:?}");
        assert!(error.to_string().contains("(GET 127.0.0.1:"), "{error}");
    }
}

#[tokio::test]
async fn a_server_that_ignores_the_number_of_the_page_is_refused() {
    let fake = Fake::respond(|_| json("X-Next-Page: 2\r\n", "[1,2]"));
    let error = read(&fake).await.unwrap_err();
    assert_eq!(error.kind, paging("it changed during each of 4 readings"));
    assert_eq!(fake.requests().len(), 8);
}

#[tokio::test]
async fn an_endless_list_is_refused() {
    let fake = Fake::respond(|received| {
        json("X-Next-Page: 9\r\n", &format!("[{}]", received.parameter("page").unwrap()))
    });
    assert_eq!(read(&fake).await.unwrap_err().kind, paging("there are more than 500 pages"));
    assert_eq!(fake.requests().len(), MAX_PAGES);

    let headers = "X-Total: 50001\r\nX-Total-Pages: 501\r\nX-Next-Page: 2\r\n";
    let fake = Fake::respond(move |_| json(headers, "[1]"));
    assert_eq!(read(&fake).await.unwrap_err().kind, paging("there are more than 500 pages"));
    assert_eq!(fake.requests().len(), 1);
}

#[tokio::test]
async fn at_most_four_pages_are_read_at_once() {
    static NOW: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    let items: Vec<u64> = (0..1_500).collect();
    let fake = Fake::respond(move |received| {
        MOST.fetch_max(NOW.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        thread::sleep(Duration::from_millis(20));
        NOW.fetch_sub(1, Ordering::SeqCst);
        page(&items, received, Headers::All)
    });
    assert_eq!(read(&fake).await.unwrap().len(), 1_500);
    assert_eq!(MOST.load(Ordering::SeqCst), 4);
}

#[tokio::test]
async fn short_and_empty_pages_do_not_end_a_list() {
    let pages = ["[1]", "[]", "[2,3]"];
    let fake = Fake::respond(move |received| {
        let number: usize = received.parameter("page").unwrap().parse().unwrap();
        let next = if number < 3 { "next" } else { "" };
        json(&format!("X-Next-Page: {next}\r\n"), pages[number - 1])
    });
    assert_eq!(read(&fake).await, Ok(vec![1, 2, 3]));
    let mut paths: Vec<String> = fake.requests().iter().map(Received::path).collect();
    paths.sort_unstable();
    let path = |number: usize| format!("/list?per_page=100&page={number}");
    let expected: Vec<String> =
        (1..=3).flat_map(|number| iter::repeat_n(path(number), 2)).collect();
    assert_eq!(paths, expected);
}

#[tokio::test]
async fn an_item_that_is_listed_twice_is_returned_once() {
    let fake = Fake::start(vec![json("X-Next-Page: \r\n", "[1,2,1,3]")]);
    assert_eq!(read(&fake).await, Ok(vec![1, 2, 3]));
}

#[tokio::test]
async fn each_page_is_reported_once_it_is_read() {
    let fake = Fake::start(vec![
        json("X-Next-Page: 2\r\n", "[1,2]"),
        answer("502 Bad Gateway", "", b""),
        json("X-Next-Page: 3\r\n", "[]"),
        json("", "{}"),
    ]);
    let reported = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&reported);
    let mut options = options(&fake);
    options.pages = Arc::new(move |page| log.lock().unwrap().push(page));
    let error = read_with(options).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Decode { .. }), "{error:?}");
    let first = PageRead { list: "numbers", number: 1, items: 2 };
    assert_eq!(*reported.lock().unwrap(), [first, PageRead { number: 2, ..first }]);
}

#[test]
fn headers_say_whether_another_page_follows() {
    for (headers, expected) in [
        (&[][..], None),
        (&[("x-next-page", "")], Some(false)),
        (&[("x-next-page", "2")], Some(true)),
        (&[("link", "<https://h/1>; rel=\"first\"")], Some(false)),
        (&[("link", "</>; rel=first"), ("link", "</n>; rel=next")], Some(true)),
        (&[("link", "</>; rel=first"), ("x-next-page", "2")], Some(true)),
        (&[("link", "</>; rel=next"), ("x-next-page", "")], Some(true)),
    ] {
        let mut map = HeaderMap::new();
        for (name, value) in headers {
            map.append(HeaderName::from_static(name), HeaderValue::from_static(value));
        }
        assert_eq!(has_next(&map), expected, "{headers:?}");
    }
}

#[test]
fn the_relation_next_is_found() {
    for (value, expected) in [
        ("", false),
        (r#"<https://h/1>; rel="first", <https://h/9>; rel="last""#, false),
        (r#"<https://h/1>; rel="prev", <https://h/3>; rel="next""#, true),
        (r#"<https://h/3?a=1,2;b>; title="x, <y>"; REL=Next"#, true),
        (r#"<https://h/3>; rel="last next""#, true),
        (r#"<https://h/3>; rel="nextish""#, false),
        (r#"<https://h/1>; title="rel=next, "; rel="first""#, false),
        (r#"<https://h/3; rel="next""#, false),
    ] {
        assert_eq!(names_next(value), expected, "{value}");
    }
}
