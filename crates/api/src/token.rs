//! A token: a secret that has no text form.

use secrecy::{ExposeSecret, SecretString};

use crate::error::Error;

/// An access token of GitLab or Calendly.
///
/// It has no `Display`, its `Debug` is a placeholder, and its memory is overwritten when it is
/// dropped. Its form is not looked at: instances may set any prefix (GitLab, "Personal access
/// token prefix" setting).
pub struct Token(SecretString);

impl Token {
    /// Takes a token as it was typed, piped or stored: surrounding white space is removed.
    ///
    /// # Errors
    ///
    /// [`Error::BadToken`] when nothing is left, or when it holds anything but visible ASCII. The
    /// error does not show the value.
    pub fn new(text: &str) -> Result<Self, Error> {
        let token = text.trim();
        if token.is_empty() {
            return Err(Error::BadToken { reason: "it is empty" });
        }
        if token.chars().any(|character| character.is_whitespace() || character.is_control()) {
            return Err(Error::BadToken {
                reason: "it has white space or control characters inside",
            });
        }
        if !token.is_ascii() {
            return Err(Error::BadToken { reason: "it has characters that no token has" });
        }
        Ok(Self(SecretString::from(token)))
    }

    /// The characters, for the header and for removing them from what a server says.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl TryFrom<String> for Token {
    type Error = Error;

    /// Like [`Token::new`]; the given string is overwritten.
    fn try_from(text: String) -> Result<Self, Error> {
        Self::new(SecretString::from(text).expose_secret())
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Token([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn surrounding_white_space_is_removed() {
        let token = Token::new(" \tglpat-abc.01.xyz\r\n").unwrap();
        assert_eq!(token.expose(), "glpat-abc.01.xyz");
        assert_eq!(Token::try_from("x\n".to_owned()).unwrap().expose(), "x");
    }

    #[test]
    fn what_cannot_be_a_header_is_refused_unseen() {
        for (text, reason) in [
            ("", "empty"),
            (" \r\n", "empty"),
            ("secret token", "white space"),
            ("secret\ntoken", "white space"),
            ("secret\u{0}token", "control"),
            ("secret\u{7f}token", "control"),
            ("secret\u{a0}token", "white space"),
            ("secret\u{fc}token", "no token has"),
            ("\u{feff}secret", "no token has"),
        ] {
            let error = Token::new(text).unwrap_err();
            assert!(error.to_string().contains(reason), "{text:?}: {error}");
            assert!(!format!("{error} {error:?}").contains("secret"), "{error:?}");
        }
    }

    #[test]
    fn debug_shows_nothing() {
        let token = Token::new("glpat-abc").unwrap();
        assert_eq!(format!("{token:?}"), "Token([redacted])");
    }
}
