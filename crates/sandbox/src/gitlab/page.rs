//! Pages of a list (GitLab docs: REST API, pagination).

use serde_json::Value;

use super::{Answered, bad_parameter};
use crate::{percent, reply::Reply, request::Request, world::World};

/// The most items on a page.
const BIGGEST: usize = 100;

/// A page by its number, with the headers of offset pagination.
///
/// `fixed` are the parameters that GitLab adds to the links. Without `counted` the totals are left
/// out, as GitLab does for long lists and where counting is expensive. Only the items of the page
/// are rendered, so a page of a long list costs no more than a page of a short list. An item that
/// renders as null is one that the caller may not see: it counts, but is dropped from its page.
pub(super) fn by_number<Item>(
    world: &World,
    request: &Request,
    fixed: &[(&str, &str)],
    (items, show): (Vec<Item>, impl Fn(Item) -> Value),
    counted: bool,
) -> Answered {
    let asked = size(request)?;
    let size = asked.saturating_sub(world.short_pages).max(1);
    let page = positive(request, "page")?.unwrap_or(1);
    let total = items.len();
    let counted = counted && total <= world.limits.totals_up_to;
    let pages = total.div_ceil(size).max(1);
    let has_next = page < pages;
    let shown = items.into_iter().skip((page - 1).saturating_mul(size)).take(size);
    let shown: Vec<Value> = shown.map(show).filter(|item| !item.is_null()).collect();
    let link = |relation: &str, number: usize| {
        let (number, size) = (number.to_string(), asked.to_string());
        let own = [("page", number.as_str()), ("per_page", size.as_str())];
        format!("<{}>; rel=\"{relation}\"", address(request, fixed, &own))
    };
    let mut links = Vec::new();
    if page > 1 {
        links.push(link("prev", page - 1));
    }
    if has_next {
        links.push(link("next", page + 1));
    }
    links.push(link("first", 1));
    if counted {
        links.push(link("last", pages));
    }
    let number = |exists: bool, number: usize| {
        if exists { number.to_string() } else { String::new() }
    };
    let reply = Reply::json(200, &Value::Array(shown))
        .with("x-per-page", asked.to_string())
        .with("x-page", page.to_string())
        .with("x-next-page", number(has_next, page + 1))
        .with("x-prev-page", number(page > 1, page - 1))
        .with("link", links.join(", "));
    Ok(if counted {
        reply.with("x-total", total.to_string()).with("x-total-pages", pages.to_string())
    } else {
        reply
    })
}

/// A page that begins after the item whose token is `page_token`, with the one header of keyset
/// pagination: a link to the next page, if there is one. Items come with their tokens.
pub(super) fn by_token(
    request: &Request,
    fixed: &[(&str, &str)],
    items: Vec<(String, Value)>,
) -> Answered {
    let size = size(request)?;
    let start = match request.parameter("page_token").filter(|token| !token.is_empty()) {
        None => 0,
        Some(sent) => {
            let position = items.iter().position(|(token, _)| *token == sent);
            1 + position.ok_or_else(|| bad_parameter("page_token is invalid"))?
        }
    };
    let is_last = start + size >= items.len();
    let page: Vec<(String, Value)> = items.into_iter().skip(start).take(size).collect();
    let last = page.last().map(|(token, _)| token.clone());
    let reply = Reply::json(200, &page.into_iter().map(|(_, item)| item).collect());
    Ok(match last {
        Some(last) if !is_last => {
            let size = size.to_string();
            let own = [("page_token", last.as_str()), ("per_page", size.as_str())];
            reply.with("link", format!("<{}>; rel=\"next\"", address(request, fixed, &own)))
        }
        _ => reply,
    })
}

/// A page that begins after the item whose cursor is `cursor`, with the headers of keyset
/// pagination as issues have it: a link to the next page and its cursor, no totals. Items come
/// in order, with their cursors.
pub(super) fn by_cursor(
    world: &World,
    request: &Request,
    fixed: &[(&str, &str)],
    (items, start): (Vec<(String, Value)>, usize),
) -> Answered {
    let asked = size(request)?;
    let size = asked.saturating_sub(world.short_pages).max(1);
    let is_last = start.saturating_add(size) >= items.len();
    let page: Vec<(String, Value)> = items.into_iter().skip(start).take(size).collect();
    let last = page.last().map(|(cursor, _)| cursor.clone());
    let reply = Reply::json(200, &page.into_iter().map(|(_, item)| item).collect());
    Ok(match last {
        Some(last) if !is_last => {
            let size = asked.to_string();
            let own = [("cursor", last.as_str()), ("per_page", size.as_str())];
            let link = format!("<{}>; rel=\"next\"", address(request, fixed, &own));
            reply.with("x-next-cursor", last).with("link", link)
        }
        _ => reply,
    })
}

fn size(request: &Request) -> Result<usize, Reply> {
    Ok(positive(request, "per_page")?.unwrap_or(20).min(BIGGEST))
}

fn positive(request: &Request, name: &str) -> Result<Option<usize>, Reply> {
    let Some(text) = request.parameter(name).filter(|text| !text.is_empty()) else {
        return Ok(None);
    };
    let number = text.parse().map_err(|_| bad_parameter(&format!("{name} is invalid")))?;
    Ok(Some(std::cmp::max(number, 1)))
}

/// The request's address with its query completed by `fixed` and replaced by `own`, names in
/// alphabetical order as GitLab has them. A name may occur more than once, such as `iids[]`.
fn address(request: &Request, fixed: &[(&str, &str)], own: &[(&str, &str)]) -> String {
    let pair = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    let has = |pairs: &[(String, String)], name: &str| pairs.iter().any(|(key, _)| key == name);
    let mut query: Vec<(String, String)> = own.iter().map(pair).collect();
    let sent = request.query().into_iter().filter(|(name, _)| !has(&query, name));
    let sent: Vec<_> = sent.flat_map(|(name, value)| spelled_out(name, value)).collect();
    query.extend(sent);
    let more: Vec<_> = fixed.iter().map(pair).filter(|(name, _)| !has(&query, name)).collect();
    query.extend(more);
    query.sort_by(|(one, _), (other, _)| one.cmp(other));
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{}={}", percent::encode(name), percent::encode(value)))
        .collect();
    format!("{}{}?{}", request.origin(), request.raw_path(), query.join("&"))
}

/// A parameter as GitLab repeats it in its links: each label by itself.
fn spelled_out(name: String, value: String) -> Vec<(String, String)> {
    if name != "labels" {
        return vec![(name, value)];
    }
    let labels = value.split(',').map(str::trim).filter(|label| !label.is_empty());
    labels.map(|label| ("labels[]".to_owned(), label.to_owned())).collect()
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use serde_json::{Value, json};

    use super::by_number;
    use crate::{
        request::{Request, Service},
        world::World,
    };

    #[test]
    fn only_the_items_of_the_page_are_shown() {
        let (service, method) = (Service::GitLab, "GET".to_owned());
        let path = "/?page=9&per_page=100".to_owned();
        let request = Request { service, method, path, headers: Vec::new(), body: Vec::new() };
        let shown = Cell::new(0);
        let show = |number: u64| {
            shown.set(shown.get() + 1);
            json!(number)
        };
        let items = (0..5_000).collect();
        let reply = by_number(&World::empty(), &request, &[], (items, show), true).unwrap();
        let page: Vec<Value> = serde_json::from_slice(&reply.body).unwrap();
        assert_eq!(page.first(), Some(&json!(800)));
        assert_eq!((page.len(), shown.get()), (100, 100));
    }
}
