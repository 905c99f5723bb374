//! Reading a GitLab list to its last page without losing an item.
//!
//! GitLab pages by offset (GitLab, "REST API pagination"): an item that is deleted while the list is
//! read moves every later item forward, one of them from a page that was not read yet to one that
//! was. So a list of several pages counts only if nothing moved meanwhile:
//!
//! * Where GitLab counts the items (`X-Total`), every page must name the same total, and the first
//!   and the last page must be the same before and after the pages between them. A deletion alone
//!   changes the total; new items come at the end, so an addition that makes up for a deletion
//!   changes the last page.
//! * Where it does not (a proxy dropped the headers, or there are too many items), all pages must be
//!   the same when they are read again.
//!
//! Otherwise the list is read anew, a few times at most. Pages are asked for by number at the
//! configured address, so the host that a `Link` header names does not matter. A page may be shorter
//! than asked for although more follow: only the headers, or an empty page, mark the end.

use std::collections::BTreeSet;

use reqwest::header::{HeaderMap, LINK};
use serde::de::DeserializeOwned;

use crate::error::{Error, ErrorKind};
use crate::events::PageRead;
use crate::http::Http;
use crate::request::{Method, Request};

#[cfg(test)]
mod tests;

/// How many items to ask for in a page: the most that GitLab sends.
const PER_PAGE: &str = "100";

/// How many pages are read at most: GitLab serves no offsets beyond 50,000 items.
pub(crate) const MAX_PAGES: usize = 500;

/// How often a list that keeps changing is read before giving up.
const MAX_READINGS: usize = 4;

/// A page as it was read.
struct Page<T> {
    items: Vec<T>,
    /// How many items the list has, if the answer says so.
    total: Option<u64>,
    /// How many pages the list has, if the answer says so.
    count: Option<usize>,
    /// Whether another page follows.
    has_next: bool,
}

/// A list to read.
struct List<'a, T, K> {
    http: &'a Http,
    path: &'a str,
    query: &'a [(&'a str, &'a str)],
    /// What is listed, for errors and progress.
    name: &'static str,
    /// What makes two items the same.
    key: fn(&T) -> K,
}

/// Reads the list at `path` completely.
///
/// `name` says what is listed, for errors and progress; items with the same `key` are returned once.
///
/// # Errors
///
/// [`ErrorKind::Paging`] if the list has no end, or changes during each reading.
pub(crate) async fn all<T: DeserializeOwned, K: Ord>(
    http: &Http,
    path: &str,
    query: &[(&str, &str)],
    name: &'static str,
    key: fn(&T) -> K,
) -> Result<Vec<T>, Error> {
    let list = List { http, path, query, name, key };
    for _ in 0..MAX_READINGS {
        if let Some(pages) = list.read().await? {
            let mut items: Vec<T> = pages.into_iter().flat_map(|page| page.items).collect();
            let mut keys = BTreeSet::new();
            items.retain(|item| keys.insert(key(item)));
            return Ok(items);
        }
        tracing::debug!(list = name, "the list changed while it was read");
    }
    Err(list.error(format!("it changed during each of {MAX_READINGS} readings")))
}

impl<T: DeserializeOwned, K: Ord> List<'_, T, K> {
    /// Reads all pages in order; `None` if an item may have moved from one to another meanwhile.
    async fn read(&self) -> Result<Option<Vec<Page<T>>>, Error> {
        let mut progress = PageRead { list: self.name, number: 0, items: 0 };
        let first = self.page(1).await?;
        self.report(&mut progress, &first);
        match (first.total, first.count) {
            _ if !first.has_next => Ok(Some(vec![first])),
            (Some(_), Some(count)) if count > 1 => self.read_counted(progress, first, count).await,
            _ => self.read_uncounted(progress, first).await,
        }
    }

    /// Reads the rest of a list of `count` pages, several at once.
    ///
    /// The last page is read before the pages between it and the first: whatever moves while those
    /// are read shows in the last page when it is read again.
    async fn read_counted(
        &self,
        mut progress: PageRead,
        first: Page<T>,
        count: usize,
    ) -> Result<Option<Vec<Page<T>>>, Error> {
        if count > MAX_PAGES {
            return Err(self.too_long());
        }
        let last = self.page(count).await?;
        self.report(&mut progress, &last);
        let mut pages = vec![first];
        while pages.len() < count - 1 {
            for page in self.four_pages(pages.len() + 1, count - 1).await? {
                self.report(&mut progress, &page);
                pages.push(page);
            }
        }
        pages.push(last);
        let (first, last) = tokio::try_join!(self.page(1), self.page(count))?;
        let is_unchanged = pages.iter().all(|page| page.total == first.total)
            && pages.first().is_some_and(|page| self.is_same(page, &first))
            && pages.last().is_some_and(|page| self.is_same(page, &last));
        Ok(is_unchanged.then_some(pages))
    }

    /// Reads the rest of a list of unknown length, page after page, and then all of it again.
    async fn read_uncounted(
        &self,
        mut progress: PageRead,
        first: Page<T>,
    ) -> Result<Option<Vec<Page<T>>>, Error> {
        let mut keys: BTreeSet<K> = first.items.iter().map(self.key).collect();
        let mut has_next = first.has_next;
        let mut pages = vec![first];
        while has_next {
            if pages.len() >= MAX_PAGES {
                return Err(self.too_long());
            }
            let page = self.page(pages.len() + 1).await?;
            self.report(&mut progress, &page);
            let known = keys.len();
            keys.extend(page.items.iter().map(self.key));
            // The items moved to a later page, or the server ignores the number of the page.
            if keys.len() == known && !page.items.is_empty() {
                return Ok(None);
            }
            has_next = page.has_next;
            pages.push(page);
        }
        let mut again = Vec::new();
        while again.len() < pages.len() {
            again.extend(self.four_pages(again.len() + 1, pages.len()).await?);
        }
        let is_unchanged = pages.iter().zip(&again).all(|(page, again)| self.is_same(page, again));
        Ok(is_unchanged.then_some(pages))
    }

    /// Counts a page and reports it to whoever watches.
    fn report(&self, progress: &mut PageRead, page: &Page<T>) {
        progress.number += 1;
        progress.items += page.items.len();
        self.http.report_page(*progress);
    }

    /// Whether two readings of a page have the same items and totals.
    fn is_same(&self, page: &Page<T>, again: &Page<T>) -> bool {
        page.total == again.total
            && page.has_next == again.has_next
            && page.items.iter().map(self.key).eq(again.items.iter().map(self.key))
    }

    /// Reads up to four pages at once, from page `first` on and not beyond page `last`.
    async fn four_pages(&self, first: usize, last: usize) -> Result<Vec<Page<T>>, Error> {
        let page = async |number| {
            if number <= last { self.page(number).await.map(Some) } else { Ok(None) }
        };
        let (a, b, c, d) =
            tokio::try_join!(page(first), page(first + 1), page(first + 2), page(first + 3))?;
        Ok([a, b, c, d].into_iter().flatten().collect())
    }

    /// Reads the page with this number; the first one is 1.
    async fn page(&self, number: usize) -> Result<Page<T>, Error> {
        let mut url = self.http.url(self.path, self.query);
        url.query_pairs_mut()
            .append_pair("per_page", PER_PAGE)
            .append_pair("page", &number.to_string());
        let answer = self.http.get_url(url).await?;
        let items: Vec<T> = self.http.json(&answer, self.name)?;
        let number_in = |name| answer.header(name)?.trim().parse().ok();
        Ok(Page {
            total: number_in("x-total"),
            count: number_in("x-total-pages").and_then(|pages| usize::try_from(pages).ok()),
            has_next: has_next(&answer.headers).unwrap_or(!items.is_empty()),
            items,
        })
    }

    fn too_long(&self) -> Error {
        self.error(format!("there are more than {MAX_PAGES} pages"))
    }

    /// The error of a list that cannot be read to its end.
    fn error(&self, detail: String) -> Error {
        let url = self.http.url(self.path, self.query);
        let request = Request { method: Method::Get, url, body: None };
        self.http.call(&request).error(ErrorKind::Paging { detail })
    }
}

/// Whether the headers say that another page follows; `None` if they say nothing.
fn has_next(headers: &HeaderMap) -> Option<bool> {
    let next_page =
        headers.get("x-next-page").map(|value| !value.as_bytes().trim_ascii().is_empty());
    let mut link = None;
    for value in headers.get_all(LINK) {
        let is_next = value.to_str().is_ok_and(names_next);
        link = Some(link.unwrap_or(false) || is_next);
    }
    // Where the two disagree, another page is asked for: it may be empty, but nothing is lost.
    match (next_page, link) {
        (None, None) => None,
        (next_page, link) => Some(next_page.unwrap_or(false) || link.unwrap_or(false)),
    }
}

/// Whether a `Link` header has a link with the relation `next` (RFC 8288).
fn names_next(value: &str) -> bool {
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('<').and_then(|(_, rest)| rest.split_once('>')) {
        let (parameters, others) = after.split_once(unquoted(',')).unwrap_or((after, ""));
        if parameters.split(unquoted(';')).any(is_relation_next) {
            return true;
        }
        rest = others;
    }
    false
}

/// Whether a parameter of a link is `rel` with `next` among its relations.
fn is_relation_next(parameter: &str) -> bool {
    let Some((name, value)) = parameter.split_once('=') else { return false };
    let mut relations = value.trim().trim_matches('"').split_whitespace();
    name.trim().eq_ignore_ascii_case("rel")
        && relations.any(|relation| relation.eq_ignore_ascii_case("next"))
}

/// Matches a separator outside quotes.
fn unquoted(separator: char) -> impl FnMut(char) -> bool {
    let mut quoted = false;
    move |character| {
        quoted ^= character == '"';
        character == separator && !quoted
    }
}
