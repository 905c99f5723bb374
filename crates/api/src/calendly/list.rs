//! Following a Calendly list to its last page, and keeping what was read before an error.
//!
//! A page names the next one by a token and by a complete URL (Calendly, "Pagination"). Only the
//! token is used, because our access token would go wherever the URL points to. The token continues
//! where the page ended, so an item that is removed meanwhile hides no other.

use std::collections::HashSet;

use serde::Deserialize;
use serde::de::{DeserializeOwned, IgnoredAny};

use crate::error::{Error, ErrorKind};
use crate::events::PageRead;
use crate::http::Http;
use crate::pages::MAX_PAGES;

/// How many items to ask for in a page: the most that Calendly sends (parameter `count`).
const COUNT: &str = "100";

/// A list as far as it could be read.
#[derive(Debug, Clone, PartialEq, Eq)]
#[must_use]
pub struct Listing<T> {
    /// What was read, in Calendly's order. It is complete only if `broken` is `None`.
    pub items: Vec<T>,
    /// Where and why the reading ended early; `None` if the last page was reached.
    pub broken: Option<BrokenPage>,
}

/// The page of a list that could not be read, after which none was asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("page {number} of {list} could not be read, after {items} items")]
pub struct BrokenPage {
    /// What is listed, such as `the organisation's members`.
    pub list: &'static str,
    /// The number of the page; the first one is 1.
    pub number: usize,
    /// How many items were read before it.
    pub items: usize,
    /// Why, after the repeats. An error on page 1 may mean that the token may not see the list.
    #[source]
    pub error: Error,
}

/// A page as Calendly sends it.
#[derive(Deserialize)]
struct Page<T> {
    collection: Vec<T>,
    pagination: Pagination,
}

/// What a page says about the next one.
#[derive(Deserialize)]
struct Pagination {
    next_page_token: Option<String>,
    /// Whether there is a next page; its address does not matter.
    next_page: Option<IgnoredAny>,
}

/// Reads all pages of the list at `path`.
///
/// `list` says what is listed, for errors and progress; items with the same `key` are returned once.
pub(super) async fn all<T: DeserializeOwned>(
    http: &Http,
    path: &str,
    query: &[(&str, &str)],
    list: &'static str,
    key: fn(&T) -> &str,
) -> Listing<T> {
    let mut items: Vec<T> = Vec::new();
    let mut keys = HashSet::new();
    let mut number = 0;
    let followed = follow(http, path, query, list, |mut page: Vec<T>| {
        page.retain(|item| keys.insert(key(item).to_owned()));
        items.append(&mut page);
        number += 1;
        http.report_page(PageRead { list, number, items: items.len() });
    });
    let broken = match followed.await {
        Ok(()) => None,
        Err(error) => Some(BrokenPage { list, number: number + 1, items: items.len(), error }),
    };
    Listing { items, broken }
}

/// Passes on page after page, up to the last one or the first that cannot be read.
async fn follow<T: DeserializeOwned>(
    http: &Http,
    path: &str,
    query: &[(&str, &str)],
    list: &'static str,
    mut take: impl FnMut(Vec<T>),
) -> Result<(), Error> {
    let mut tokens = HashSet::new();
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
        if !tokens.insert(next.clone()) {
            return Err(broken("a page names an earlier one as the next".to_owned()));
        }
        if tokens.len() >= MAX_PAGES {
            return Err(broken(format!("there are more than {MAX_PAGES} pages")));
        }
    }
}
