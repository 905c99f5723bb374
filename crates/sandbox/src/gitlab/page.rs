//! Pages of a list (GitLab docs: REST API, pagination).

use serde_json::Value;

use super::{Answered, bad_parameter};
use crate::{percent, reply::Reply, request::Request};

/// The biggest page there is.
const BIGGEST: usize = 100;

/// A page by its number, with the headers of offset pagination. `fixed` are the parameters that
/// GitLab adds to the links. Without `counted` the totals are left out, as GitLab does where
/// counting is dear.
pub(super) fn by_number(
    request: &Request,
    fixed: &[(&str, &str)],
    items: Vec<Value>,
    counted: bool,
) -> Answered {
    let size = size(request)?;
    let page = positive(request, "page")?.unwrap_or(1);
    let total = items.len();
    let pages = total.div_ceil(size).max(1);
    let has_next = page < pages;
    let shown: Vec<Value> =
        items.into_iter().skip((page - 1).saturating_mul(size)).take(size).collect();
    let link = |relation: &str, number: usize| {
        let (number, size) = (number.to_string(), size.to_string());
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
        .with("x-per-page", size.to_string())
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
/// alphabetical order as GitLab has them.
fn address(request: &Request, fixed: &[(&str, &str)], own: &[(&str, &str)]) -> String {
    let pair = |&(name, value): &(&str, &str)| (name.to_owned(), value.to_owned());
    let mut query: std::collections::BTreeMap<String, String> = fixed.iter().map(pair).collect();
    query.extend(request.query());
    query.extend(own.iter().map(pair));
    let query: Vec<String> = query
        .iter()
        .map(|(name, value)| format!("{}={}", percent::encode(name), percent::encode(value)))
        .collect();
    format!("{}{}?{}", request.origin(), request.raw_path(), query.join("&"))
}
