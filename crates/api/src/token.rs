//! A token: a secret without a text form.

use secrecy::{ExposeSecret, SecretString};

use crate::error::{Error, ErrorKind};

/// An access token of GitLab or Calendly.
///
/// It has no `Display`, its `Debug` is a placeholder, and its memory is overwritten when it is
/// dropped. Its form is not validated: instances may set any prefix (GitLab, "Personal access
/// token prefix" setting).
pub struct Token(SecretString);

impl Token {
    /// Takes a token as it was typed, piped or stored; surrounding white space is removed.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::BadToken`] if nothing is left, or if anything but visible ASCII is inside. The
    /// error does not show the value.
    pub fn new(text: &str) -> Result<Self, Error> {
        let token = text.trim();
        let reason = if token.is_empty() {
            "it is empty"
        } else if token.chars().any(|character| character.is_whitespace() || character.is_control())
        {
            "it has white space or control characters inside"
        } else if !token.is_ascii() {
            "it has characters that no token has"
        } else {
            return Ok(Self(SecretString::from(token)));
        };
        Err(ErrorKind::BadToken { reason }.into())
    }

    /// The characters, for the header alone.
    pub(crate) fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Whether this is an OAuth access token of GitLab, such as `glab auth login` keeps: 64 hex
    /// digits without a prefix. GitLab takes those as bearer tokens only, and the others in both
    /// ways, so a wrong guess does no harm.
    pub(crate) fn is_oauth(&self) -> bool {
        let token = self.expose();
        token.len() == 64 && token.bytes().all(|byte| byte.is_ascii_hexdigit())
    }

    /// Replaces the token in `text`, in whatever case it is written there: servers repeat headers,
    /// and some change their case.
    pub(crate) fn redact(&self, text: &str) -> String {
        // ASCII case changes no byte offset, and tokens are ASCII.
        let haystack = text.to_ascii_lowercase();
        let needle = self.expose().to_ascii_lowercase();
        let mut redacted = String::with_capacity(text.len());
        let mut end = 0;
        for (start, _) in haystack.match_indices(&needle) {
            redacted.push_str(text.get(end..start).unwrap_or_default());
            redacted.push_str("[redacted]");
            end = start + needle.len();
        }
        redacted.push_str(text.get(end..).unwrap_or_default());
        redacted
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

    #[test]
    fn the_token_is_redacted_in_whatever_case_a_server_repeats_it() {
        let token = Token::new("glpat-Ab1").unwrap();
        for (text, expected) in [
            ("", ""),
            ("no token", "no token"),
            ("glpat-Ab1", "[redacted]"),
            ("é glpat-Ab1, GLPAT-AB1; glpat-ab1é", "é [redacted], [redacted]; [redacted]é"),
            ("glpat-Ab1glpat-Ab1", "[redacted][redacted]"),
            ("glpat-Ab", "glpat-Ab"),
        ] {
            assert_eq!(token.redact(text), expected);
        }
    }
}
