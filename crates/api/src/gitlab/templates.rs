//! Issue templates.

use serde::Deserialize;

use super::client::{GitLab, project_path};
use crate::base_url::segment;
use crate::error::Error;
use crate::pages;

/// An entry of the list of templates.
#[derive(Deserialize)]
struct Entry {
    name: String,
}

/// A template with its text.
#[derive(Deserialize)]
struct Template {
    content: String,
}

impl GitLab {
    /// Lists the names of the issue templates on the project's default branch, inherited ones
    /// included: `GET /projects/:id/templates/issues` (GitLab, "Project templates API").
    pub async fn templates(&self, project: &str) -> Result<Vec<String>, Error> {
        let path = project_path(project, "templates/issues")?;
        let list = "the project's issue templates";
        let entries: Vec<Entry> =
            pages::all(&self.http, &path, &[], list, |entry: &Entry| entry.name.clone()).await?;
        Ok(entries.into_iter().map(|entry| entry.name).collect())
    }

    /// Reads the text of an issue template: `GET /projects/:id/templates/issues/:name` (GitLab,
    /// "Project templates API"). GitLab applies it to no issue that is created by the API.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`](crate::ErrorKind::NotFound) if there is no such template or project.
    pub async fn template(&self, project: &str, name: &str) -> Result<String, Error> {
        let path = project_path(project, &format!("templates/issues/{}", segment(name)?))?;
        let answer = self.http.get(&path, &[]).await?;
        let template: Template = self.http.json(&answer, "the issue template")?;
        Ok(template.content)
    }
}

#[cfg(test)]
mod tests {
    use crate::error::{Error, ErrorKind};
    use crate::fake::{Fake, answer, json, only_page};
    use crate::gitlab::tests::{client, paths};

    #[tokio::test]
    async fn templates_are_listed_by_name() {
        let fake = Fake::start(vec![only_page(
            r#"{"key":"Access request","name":"Access request"},
                    {"key":"Calendly","name":"Calendly"}"#,
        )]);
        let names = client(&fake).templates("acme/team").await.unwrap();
        assert_eq!(names, ["Access request", "Calendly"]);
        assert_eq!(
            paths(&fake)[0],
            "/gitlab/api/v4/projects/acme%2Fteam/templates/issues?per_page=100&page=1"
        );
    }

    #[tokio::test]
    async fn a_template_is_read_by_its_name_or_named_as_missing() {
        let fake = Fake::start(vec![
            json("", r###"{"name":"Calendly audit","content":"## Notes\n\n/label ~x\n"}"###),
            answer("404 Not Found", "", br#"{"message":"404 Template Not Found"}"#),
            json("", r#"{"name":"x"}"#),
        ]);
        let gitlab = client(&fake);
        let text = gitlab.template("acme/team", "Calendly audit").await.unwrap();
        assert_eq!(text, "## Notes\n\n/label ~x\n");
        let error = gitlab.template("acme/team", "a/b").await.unwrap_err();
        assert!(
            matches!(&error.kind, ErrorKind::NotFound { message } if message == "404 Template Not Found"),
            "{error:?}"
        );
        assert!(matches!(
            gitlab.template("acme/team", "x").await,
            Err(Error { kind: ErrorKind::Decode { .. }, .. })
        ));
        assert_eq!(
            paths(&fake)[..2],
            [
                "/gitlab/api/v4/projects/acme%2Fteam/templates/issues/Calendly%20audit",
                "/gitlab/api/v4/projects/acme%2Fteam/templates/issues/a%2Fb",
            ]
        );
    }
}
