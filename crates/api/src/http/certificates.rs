//! What is wrong with the file of certificate authorities that the user named.
//!
//! The library that reads `SSL_CERT_FILE` skips what it does not understand, without a word.

use std::env;
use std::ffi::OsStr;
use std::fs;
use std::path::Path;

/// The variable that names a file of certificate authorities in PEM, instead of the system's.
const VARIABLE: &str = "SSL_CERT_FILE";

/// What a block of PEM with a certificate begins with.
const BEGIN: &[u8] = b"-----BEGIN CERTIFICATE-----";

/// What is wrong with the file that `SSL_CERT_FILE` names; `None` where nothing is, and where the
/// variable is not set.
///
/// Only some systems have the variable: the others ask their own store.
pub(super) fn trouble() -> Option<String> {
    trouble_of(&env::var_os(VARIABLE)?)
}

fn trouble_of(value: &OsStr) -> Option<String> {
    if value.is_empty() {
        return Some(format!("{VARIABLE} is set, but empty"));
    }
    let path = Path::new(value);
    let named = format!("{VARIABLE} names {}", path.display());
    let bytes = match fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) if path.is_relative() => {
            let folder = env::current_dir().unwrap_or_default();
            return Some(format!("{named}, looked for in {}: {error}", folder.display()));
        }
        Err(error) => return Some(format!("{named}: {error}")),
    };
    let fault = match bytes.as_slice() {
        [] => "is empty",
        [0xef, 0xbb, 0xbf, ..] => "begins with a byte order mark: save it without one",
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] => "is UTF-16: save it as plain text",
        // A SEQUENCE of ASN.1, as every certificate is one.
        [0x30, 0x80..=0x84, ..] => {
            "is DER: make PEM of it by `openssl x509 -inform der -in FILE -out FILE.pem`"
        }
        bytes if !bytes.windows(BEGIN.len()).any(|window| window == BEGIN) => {
            "holds no certificate in PEM"
        }
        _ => return None,
    };
    Some(format!("{named}, which {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_kind_of_file_has_its_own_words() {
        let folder =
            env::temp_dir().join(format!("support-audit-certificates-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let pem = include_bytes!("tls/ca.pem");
        for (bytes, expected) in [
            (&b""[..], Some("which is empty")),
            (b"\xef\xbb\xbf-----BEGIN CERTIFICATE-----\n", Some("begins with a byte order mark")),
            (b"\xff\xfe-\0-\0", Some("is UTF-16")),
            (b"\x30\x82\x01\x9e\x30", Some("is DER: make PEM of it")),
            (b"# none\n", Some("holds no certificate in PEM")),
            (include_bytes!("tls/key.pem"), Some("holds no certificate in PEM")),
            (pem, None),
        ] {
            let path = folder.join("authorities");
            fs::write(&path, bytes).unwrap();
            let trouble = trouble_of(path.as_os_str());
            match expected {
                Some(words) => {
                    let trouble = trouble.unwrap();
                    assert!(
                        trouble.contains(words) && trouble.contains("authorities"),
                        "{trouble}"
                    );
                }
                None => assert_eq!(trouble, None),
            }
        }
        for (value, words) in [
            (folder.as_os_str(), "directory"),
            (folder.join("gone").as_os_str(), "/gone: No such file"),
            (OsStr::new("gone.pem"), "names gone.pem, looked for in /"),
            (OsStr::new(""), "is set, but empty"),
        ] {
            let trouble = trouble_of(value).unwrap();
            assert!(trouble.contains(words), "{trouble}");
        }
        fs::remove_dir_all(folder).unwrap();
    }
}
