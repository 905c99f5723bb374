//! Calendly's API v2: one method for each call.

mod wire;

use crate::error::Error;
use crate::http::{Http, Scheme};
use crate::options::Options;

pub use wire::Me;

/// Calendly, and the right to ask it.
#[derive(Debug)]
pub struct Calendly {
    http: Http,
}

impl Calendly {
    /// Makes a client; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`Error::NoCertificates`] or [`Error::Client`].
    pub fn new(options: Options) -> Result<Self, Error> {
        Ok(Self { http: Http::new(options, Scheme::Bearer)? })
    }

    /// Who the token belongs to: `GET /users/me`, scope `users:read`.
    pub async fn me(&self) -> Result<Me, Error> {
        let answer = self.http.get("users/me", &[]).await?;
        let body: wire::Resource<Me> = self.http.json(&answer, "the Calendly user")?;
        Ok(body.resource)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::base::BaseUrl;
    use crate::fake::{Fake, json};
    use crate::secret::Token;

    #[tokio::test]
    async fn me_is_asked_with_a_bearer_token() {
        let fake = Fake::start(vec![json(
            "",
            r#"{"resource":{"uri":"https://api.calendly.com/users/AA","name":"Ada","slug":"ada",
                "email":"ada@example.com","avatar_url":null,
                "current_organization":"https://api.calendly.com/organizations/CC"}}"#,
        )]);
        let base = BaseUrl::parse(&fake.url()).unwrap();
        let calendly = Calendly::new(Options::new(base, Some(Token::new("tok").unwrap()))).unwrap();
        let expected = Me {
            name: "Ada".to_owned(),
            email: "ada@example.com".to_owned(),
            uri: "https://api.calendly.com/users/AA".to_owned(),
            current_organization: "https://api.calendly.com/organizations/CC".to_owned(),
        };
        assert_eq!(calendly.me().await, Ok(expected));
        let requests = fake.requests();
        assert_eq!(requests[0].path(), "/users/me");
        assert_eq!(requests[0].header("authorization"), Some("Bearer tok"));
        assert_eq!(requests[0].header("private-token"), None);
        assert!(!format!("{calendly:?}").contains("tok\""), "{calendly:?}");
    }
}
