//! Percent-encoding of paths and queries.

use crate::objects::hexadecimal;

/// The text with every byte encoded that is not a letter, a digit or one of `-._~`.
pub(crate) fn encode(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded.push('%');
            encoded.push_str(&hexadecimal(&[byte]).to_uppercase());
        }
    }
    encoded
}

/// The text behind an encoded one; `%` without two hexadecimal digits stays as it is.
pub(crate) fn decode(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((&first, tail)) = rest.split_first() {
        let pair = tail.get(..2).and_then(|pair| std::str::from_utf8(pair).ok());
        match pair.and_then(|pair| u8::from_str_radix(pair, 16).ok()) {
            Some(byte) if first == b'%' => {
                bytes.push(byte);
                rest = tail.get(2..).unwrap_or_default();
            }
            _ => {
                bytes.push(first);
                rest = tail;
            }
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::{decode, encode};

    #[test]
    fn encodes_and_decodes() {
        for (plain, encoded) in [
            ("a/b", "a%2Fb"),
            ("Access request.md", "Access%20request.md"),
            ("Zoë", "Zo%C3%AB"),
            ("100%", "100%25"),
        ] {
            assert_eq!(encode(plain), encoded);
            assert_eq!(decode(encoded), plain);
        }
    }

    #[test]
    fn decodes_lower_case_and_leaves_stray_signs() {
        assert_eq!(decode("a%2fb"), "a/b");
        assert_eq!(decode("50%"), "50%");
        assert_eq!(decode("%zz%4"), "%zz%4");
    }
}
