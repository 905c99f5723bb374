//! Pages of a list (Calendly docs: API conventions, pagination).

use serde_json::{Value, json};

use super::{Answered, refusal::invalid};
use crate::{objects, percent, reply::Reply, request::Request, world::World};

/// The most items on a page, and the number without a `count`.
const BIGGEST: usize = 100;
const USUAL: usize = 20;

/// Hides the positions in tokens, which clients must not read.
const MASK: u64 = 0x9e37_79b9_7f4a_7c15;

/// A page of the items that begins at `page_token`; after the page only one more item is looked at.
///
/// A token is a position in the list of this path and these filters. When an item before it leaves
/// the list, the next item moves up and is on no page.
pub(super) fn render<T>(
    world: &World,
    request: &Request,
    items: impl Iterator<Item = T>,
    shown: impl FnMut(T) -> Value,
) -> Answered {
    let size = count(request)?.saturating_sub(world.short_pages).max(1);
    let list = list(request);
    let start = match request.parameter("page_token").filter(|token| !token.is_empty()) {
        None => 0,
        Some(token) => place(&list, &token).ok_or_else(|| invalid("page_token", "is invalid"))?,
    };
    let mut rest = items.skip(start);
    let collection: Vec<Value> = rest.by_ref().take(size).map(shown).collect();
    let next = rest.next().map(|_| token(&list, start + collection.len()));
    let previous = (start > 0).then(|| token(&list, start.saturating_sub(size)));
    let link = |token: &Option<String>| token.as_ref().map(|token| address(request, token));
    let pagination = json!({
        "count": collection.len(), "next_page": link(&next), "previous_page": link(&previous),
        "next_page_token": next, "previous_page_token": previous,
    });
    Ok(Reply::json(200, &json!({"collection": collection, "pagination": pagination})))
}

fn count(request: &Request) -> Result<usize, Reply> {
    let Some(sent) = request.parameter("count") else { return Ok(USUAL) };
    let refused = |message: &str| Err(invalid("count", message));
    match sent.parse::<i64>() {
        Err(_) => refused("must be an integer"),
        Ok(..=0) => refused("must be greater than or equal to 1"),
        Ok(count) => match usize::try_from(count) {
            Ok(count) if count <= BIGGEST => Ok(count),
            _ => refused("must be less than or equal to 100"),
        },
    }
}

/// The path and the filters, by which one list differs from another.
fn list(request: &Request) -> String {
    let mut filters = request.query();
    filters.retain(|(name, _)| name != "count" && name != "page_token");
    filters.sort();
    format!("{} {filters:?}", request.raw_path())
}

fn token(list: &str, start: usize) -> String {
    let mut token = objects::id("page", format!("{list} {start}").as_bytes());
    token.truncate(16);
    format!("{token}{:016x}", start as u64 ^ MASK)
}

fn place(list: &str, sent: &str) -> Option<usize> {
    let hidden = u64::from_str_radix(sent.get(16..)?, 16).ok()?;
    let start = usize::try_from(hidden ^ MASK).ok()?;
    (token(list, start) == sent).then_some(start)
}

/// The request's address with another token.
fn address(request: &Request, token: &str) -> String {
    let mut query = request.query();
    query.retain(|(name, _)| name != "page_token");
    query.push(("page_token".to_owned(), token.to_owned()));
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{}={}", percent::encode(name), percent::encode(value)))
        .collect();
    format!("{}{}?{}", request.origin(), request.raw_path(), query.join("&"))
}
