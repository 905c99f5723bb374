//! Builds the HTTP client, and names the reason why a request was lost.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use reqwest::{Certificate, Client, redirect, retry};

use crate::base_url::BaseUrl;
use crate::error::{ErrorKind, NetworkKind};
use crate::sanitize::one_line;

/// How long connecting may take, TLS included.
const CONNECT: Duration = Duration::from_secs(10);

const USER_AGENT: &str = concat!("support-audit/", env!("CARGO_PKG_VERSION"));

/// Builds a client for the service at `base`.
///
/// The client follows no redirect and repeats nothing: `http` decides both, because it holds the
/// token.
#[expect(clippy::disallowed_methods, reason = "this is the one factory of clients")]
pub(crate) fn client(base: &BaseUrl, timeout: Duration) -> Result<Client, ErrorKind> {
    // This fails if a provider is installed already, which is just as good.
    drop(rustls::crypto::ring::default_provider().install_default());
    let mut builder = Client::builder()
        .user_agent(USER_AGENT)
        .connect_timeout(CONNECT)
        .timeout(timeout)
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .referer(false)
        .https_only(base.is_https());
    if base.is_loopback() {
        // A proxy would see the token, unencrypted if the address is http.
        builder = builder.no_proxy();
    }
    if !base.is_https() {
        // Building would fail on machines without certificate authorities, though none is needed.
        builder = builder.tls_certs_only(Vec::<Certificate>::new());
    }
    builder.build().map_err(|error| {
        let detail = innermost(&error);
        // The certificate verifier reports this by its text alone.
        if detail.contains("No CA certificates") {
            ErrorKind::NoCertificates
        } else {
            ErrorKind::Client { detail }
        }
    })
}

/// Names why no complete answer came, without the URL that the client puts into its messages.
///
/// A request that fails while connecting was never sent. Whatever fails later may have arrived,
/// even if the TLS connection broke or timed out.
pub(crate) fn failure(error: &reqwest::Error) -> ErrorKind {
    let kind = match (error.is_connect(), error.is_timeout()) {
        (true, _) if causes(error).any(is_tls) => NetworkKind::Tls,
        (true, _) if causes(error).any(is_dns) => NetworkKind::NameNotFound,
        (true, _) => NetworkKind::NotConnected,
        (false, true) => NetworkKind::Timeout,
        (false, false) => NetworkKind::Cut,
    };
    ErrorKind::Network { kind, detail: innermost(error) }
}

fn causes<'a>(error: &'a reqwest::Error) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(error.source(), |&cause| cause.source())
}

fn innermost(error: &reqwest::Error) -> String {
    match causes(error).last() {
        Some(cause) => one_line(&cause.to_string()),
        None => "no reason given".to_owned(),
    }
}

/// Whether an error is one of TLS. It is inside I/O errors, which do not name it as their source.
fn is_tls(cause: &(dyn StdError + 'static)) -> bool {
    let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    cause.is::<rustls::Error>() || inner.is_some_and(|inner| is_tls(inner))
}

/// Whether an error is one of name resolution. The type of this error is private to the library.
fn is_dns(cause: &(dyn StdError + 'static)) -> bool {
    cause.to_string().starts_with("dns error")
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::thread;

    use super::*;
    use crate::error::Error;

    /// What comes of asking a listener that does `serve` over https, with a quarter of a second to
    /// connect.
    #[expect(clippy::disallowed_methods, reason = "https without the machine's authorities")]
    async fn ask(serve: impl FnOnce(TcpListener) + Send + 'static) -> ErrorKind {
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder().tls_certs_only(Vec::<Certificate>::new()).no_proxy();
        let client = builder.connect_timeout(Duration::from_millis(250)).build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/x?q=s3cret", listener.local_addr().unwrap());
        thread::spawn(move || serve(listener));
        let error = client.get(&url).send().await.unwrap_err();
        failure(&error)
    }

    #[tokio::test]
    async fn a_server_without_tls_is_not_taken_for_a_lost_answer() {
        let error = ask(|listener| {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        });
        let error = error.await;
        assert!(matches!(error, ErrorKind::Network { kind: NetworkKind::Tls, .. }), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("s3cret"), "{error:?}");
    }

    #[tokio::test]
    async fn what_takes_too_long_to_connect_was_never_sent() {
        let error = ask(|listener| {
            let _stream = listener.accept().unwrap();
            thread::sleep(Duration::from_secs(10));
        });
        let error = error.await;
        assert!(
            matches!(error, ErrorKind::Network { kind: NetworkKind::NotConnected, .. }),
            "{error:?}"
        );
        assert!(!Error::from(error).may_have_arrived());
    }
}
