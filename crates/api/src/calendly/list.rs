//! Following a Calendly list to its last page, and keeping what was read where it breaks.
//!
//! A page names the one after it twice: by a token, and by a whole URL (Calendly, "Pagination").
//! Only the token is used. Our access token would go wherever the URL points to.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::{Error, ErrorKind};
use crate::events::PageRead;
use crate::http::Http;
use crate::pages::MAX_PAGES;

/// How many items a page should have: the most there can be (Calendly, parameter `count`).
const COUNT: &str = "100";

/// A list as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Listing<T> {
    /// What was read, in Calendly's order. It is all there is only where `broken` is `None`.
    pub items: Vec<T>,
    /// Where and why the reading ended early; `None` when the last page was reached.
    pub broken: Option<BrokenPage>,
}

/// The page of a list that could not be read, after which none was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("page {number} of {list} could not be read, after {items} items")]
pub struct BrokenPage {
    /// What the list is of, in words: `the organisation's members`.
    pub list: &'static str,
    /// Which page it is; the first one is 1.
    pub number: usize,
    /// How many items the pages before it have.
    pub items: usize,
    /// Why, after the repeats. On page 1 it may be that the token may not see the list at all.
    #[source]
    pub error: Error,
}

/// A page, as Calendly sends it.
#[derive(Deserialize)]
struct Page<T> {
    collection: Vec<T>,
    pagination: Pagination,
}

/// What a page tells of the next one.
#[derive(Deserialize)]
struct Pagination {
    next_page_token: Option<String>,
    /// Whether there is a next page; where it is said to be does not matter.
    next_page: Option<IgnoredAny>,
}

/// Reads all pages of the list at `path`; `list` says what it is of, for errors and progress.
pub(super) async fn all<T: DeserializeOwned>(
    http: &Http,
    path: &str,
    query: &[(&str, &str)],
    list: &'static str,
) -> Listing<T> {
    let mut items = Vec::new();
    let mut read = 0;
    let followed = follow(http, path, query, list, |page| {
        read += 1;
        items.extend(page);
        http.report_page(PageRead { list, number: read, items: items.len() });
    });
    let broken = followed.await.err();
    let broken =
        broken.map(|error| BrokenPage { list, number: read + 1, items: items.len(), error });
    Listing { items, broken }
}

/// Hands over page after page, up to the last one or the first that cannot be read.
async fn follow<T: DeserializeOwned>(
    http: &Http,
    path: &str,
    query: &[(&str, &str)],
    list: &'static str,
    mut take: impl FnMut(Vec<T>),
) -> Result<(), Error> {
    let mut seen = HashSet::new();
    let mut token: Option<String> = None;
    loop {
        let mut query = query.to_vec();
        query.push(("count", COUNT));
        query.extend(token.as_deref().map(|token| ("page_token", token)));
        let answer = http.get(path, &query).await?;
        let Page { collection, pagination } = http.json(&answer, list)?;
        take(collection);
        let broken = |detail: String| answer.call.error(ErrorKind::Paging { detail });
        token = pagination.next_page_token.filter(|token| !token.is_empty());
        let Some(next) = &token else {
            if pagination.next_page.is_some() {
                return Err(broken("there is a next page, but no token for it".to_owned()));
            }
            return Ok(());
        };
        if !seen.insert(next.clone()) {
            return Err(broken("a page names an earlier one as the next".to_owned()));
        }
        if seen.len() >= MAX_PAGES {
            return Err(broken(format!("there are more than {MAX_PAGES} pages")));
        }
    }
}
