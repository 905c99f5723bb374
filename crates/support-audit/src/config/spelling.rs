//! The forms in which people copy addresses and paths from their browser.

use api::BaseUrl;

use crate::error::{Exit, Failure};

/// GitLab's address without the path of its API, which is added to each request.
pub(super) fn gitlab_address(text: &str) -> &str {
    let text = text.trim().trim_end_matches('/');
    text.strip_suffix("/api/v4").unwrap_or(text)
}

/// The full path of a project that was given as a path, as the address of one of its pages or of its
/// repository, or by a reference to one of its issues; a number stays one.
///
/// # Errors
///
/// The address is not one of the configured GitLab: only that is asked. The value is not repeated.
pub(super) fn project(key: &str, text: &str, gitlab: &BaseUrl) -> Result<String, Failure> {
    let mut path = text.trim();
    if path.contains("://") {
        let root = gitlab.to_string();
        let inside = path.get(..root.len()).filter(|start| start.eq_ignore_ascii_case(&root));
        let rest = inside.and_then(|start| path.strip_prefix(start));
        path = rest.filter(|rest| rest.starts_with('/')).ok_or_else(|| {
            Failure::new(Exit::BadInput, format!("{key} is an address outside of gitlab.url"))
                .hint("give the project's full path, such as group/project, or set gitlab.url")
        })?;
        path = path.split(['?', '#']).next().unwrap_or_default();
    }
    path = path.split_once("/-/").map_or(path, |(project, _)| project);
    if let Some((project, number)) = path.rsplit_once('#')
        && !number.is_empty()
        && number.bytes().all(|byte| byte.is_ascii_digit())
    {
        path = project;
    }
    path = path.trim_matches('/');
    Ok(path.strip_suffix(".git").unwrap_or(path).to_owned())
}

/// The path of a file or folder in a repository, from its root on.
pub(super) fn path_in_project(text: &str) -> String {
    let text = text.trim();
    text.strip_prefix("./").unwrap_or(text).trim_matches('/').to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_of_the_api_is_that_of_gitlab() {
        for (text, expected) in [
            ("https://gitlab.com/api/v4", "https://gitlab.com"),
            (" https://h.example/git/api/v4/ ", "https://h.example/git"),
            ("https://h.example//", "https://h.example"),
            ("https://h.example/api", "https://h.example/api"),
        ] {
            assert_eq!(gitlab_address(text), expected);
        }
    }

    #[test]
    fn a_project_is_understood_in_the_forms_in_which_it_is_copied() {
        let gitlab = BaseUrl::parse("https://h.example/git").unwrap();
        for text in [
            "group/audits",
            " /group/audits/ ",
            "group/audits#17",
            "group/audits.git",
            "https://h.example/git/group/audits",
            "https://H.example/git/group/audits/",
            "https://h.example/git/group/audits.git",
            "https://h.example/git/group/audits/-/issues/17#note_5",
            "https://h.example/git/group/audits?tab=x",
        ] {
            assert_eq!(project("key", text, &gitlab).unwrap(), "group/audits", "{text}");
        }
        assert_eq!(project("key", "17", &gitlab).unwrap(), "17");
        for text in [
            "https://other.example/git/group/s3cret",
            "https://h.example/s3cret",
            "https://h.example/github/s3cret",
        ] {
            let failure = project("gitlab.audits_project", text, &gitlab).unwrap_err();
            assert_eq!(
                failure.message,
                "gitlab.audits_project is an address outside of gitlab.url"
            );
        }
    }

    #[test]
    fn a_path_begins_at_the_root_of_the_repository() {
        for (text, expected) in [
            ("/data/team.yaml", "data/team.yaml"),
            ("./data/", "data"),
            (".", "."),
            ("", ""),
            ("data", "data"),
        ] {
            assert_eq!(path_in_project(text), expected);
        }
    }
}
