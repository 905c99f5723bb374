//! Builds the HTTP client, and names the reason why a request was lost.

use std::error::Error as StdError;
use std::io;
use std::time::Duration;

use hyper_util::client::proxy::matcher::Matcher;
use reqwest::{Certificate, Client, redirect, retry};
use url::Url;

use super::certificates;
use crate::base_url::BaseUrl;
use crate::error::{ErrorKind, NetworkKind, ProxyFault, TlsFault};
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
        .connect_timeout(CONNECT.min(timeout))
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
            ErrorKind::NoCertificates { reason: certificates::trouble() }
        } else {
            ErrorKind::Client { detail }
        }
    })
}

/// Names why no complete answer came from `url`, without the URL that the client puts into its
/// messages.
///
/// A request that fails while connecting was never sent. Whatever fails later may have arrived,
/// even if the TLS connection broke or timed out.
pub(crate) fn failure(error: &reqwest::Error, url: &Url) -> ErrorKind {
    if !error.is_connect() {
        let kind = if error.is_timeout() { NetworkKind::Timeout } else { NetworkKind::Cut };
        return ErrorKind::Network { kind, detail: innermost(error) };
    }
    let mut detail = innermost(error);
    let kind = if let Some(fault) = proxy_fault(error) {
        let proxy = proxy(url).unwrap_or_else(|| "it is not known which".to_owned());
        detail = match fault {
            ProxyFault::NameNotFound | ProxyFault::NotConnected => format!("{proxy}: {detail}"),
            ProxyFault::WantsLogin | ProxyFault::Refused => proxy,
        };
        NetworkKind::Proxy(fault)
    } else if let Some(error) = causes(error).find_map(tls_error) {
        let fault = tls_fault(error);
        if fault == TlsFault::UnknownIssuer
            && let Some(trouble) = certificates::trouble()
        {
            detail = format!("{detail}; {trouble}");
        }
        NetworkKind::Tls(fault)
    } else {
        // Connecting to the proxy may have taken the time.
        if let Some(proxy) = proxy(url) {
            detail = format!("{detail}, by way of the proxy {proxy}");
        }
        dns_fault(error).unwrap_or(NetworkKind::NotConnected)
    };
    ErrorKind::Network { kind, detail: one_line(&detail) }
}

/// The host and port of the proxy by which `url` is reached, if it is by one.
fn proxy(url: &Url) -> Option<String> {
    let proxy = Matcher::from_system().intercept(&url.as_str().parse().ok()?)?;
    // The rest may hold a password.
    Some(proxy.uri().authority()?.as_str().rsplit('@').next()?.to_owned())
}

/// What went wrong at the proxy, if the way to the host ended there. The type of this error is
/// private to the library.
fn proxy_fault(error: &reqwest::Error) -> Option<ProxyFault> {
    let text = causes(error).map(ToString::to_string).find(|text| text.starts_with(TUNNEL))?;
    Some(match text.trim_start_matches(TUNNEL) {
        "proxy authorization required" => ProxyFault::WantsLogin,
        "unsuccessful" => ProxyFault::Refused,
        _ if dns_fault(error) == Some(NetworkKind::NameNotFound) => ProxyFault::NameNotFound,
        _ => ProxyFault::NotConnected,
    })
}

/// What the library's errors about a proxy begin with.
const TUNNEL: &str = "tunnel error: ";

/// What went wrong while a name was resolved, if that is what failed. The type of this error is
/// private to the library, and the system gives its reason as a text alone.
fn dns_fault(error: &reqwest::Error) -> Option<NetworkKind> {
    let is_dns = |cause: &(dyn StdError + 'static)| cause.to_string().starts_with("dns error");
    let is_no_name = innermost(error) == "invalid dns name";
    if !is_no_name && !causes(error).any(is_dns) {
        return None;
    }
    let is_temporary = innermost(error).to_lowercase().contains("temporary");
    Some(if is_temporary { NetworkKind::NameUnresolved } else { NetworkKind::NameNotFound })
}

fn tls_fault(error: &rustls::Error) -> TlsFault {
    use rustls::CertificateError as Certificate;
    match error {
        rustls::Error::InvalidMessage(rustls::InvalidMessage::InvalidContentType) => {
            TlsFault::NotTls
        }
        rustls::Error::InvalidCertificate(certificate) => match certificate {
            Certificate::NotValidForName | Certificate::NotValidForNameContext { .. } => {
                TlsFault::WrongName
            }
            Certificate::Expired | Certificate::ExpiredContext { .. } => TlsFault::Expired,
            Certificate::NotValidYet | Certificate::NotValidYetContext { .. } => {
                TlsFault::NotYetValid
            }
            Certificate::UnknownIssuer => TlsFault::UnknownIssuer,
            // A certificate that was issued by itself may be marked as an authority's.
            Certificate::Other(other) if other.to_string().contains("CaUsedAsEndEntity") => {
                TlsFault::UnknownIssuer
            }
            _ => TlsFault::Handshake,
        },
        _ => TlsFault::Handshake,
    }
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

/// The error of TLS that a cause is. It is inside I/O errors, which do not name it as their source.
fn tls_error<'a>(cause: &'a (dyn StdError + 'static)) -> Option<&'a rustls::Error> {
    match cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
        Some(inner) => tls_error(inner),
        None => cause.downcast_ref(),
    }
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::thread;

    use rustls::pki_types::pem::PemObject as _;
    use rustls::pki_types::{CertificateDer, PrivateKeyDer};
    use rustls::{ServerConfig, ServerConnection};

    use super::*;
    use crate::error::Error;

    /// What comes of asking a listener that does `serve` over https, with a quarter of a second to
    /// connect; only the authority of these tests is trusted, if any is.
    #[expect(clippy::disallowed_methods, reason = "https without the machine's authorities")]
    async fn ask_trusting(
        authorities: Vec<Certificate>,
        serve: impl FnOnce(TcpListener) + Send + 'static,
    ) -> ErrorKind {
        drop(rustls::crypto::ring::default_provider().install_default());
        let builder = Client::builder().tls_certs_only(authorities).no_proxy();
        let client = builder.connect_timeout(Duration::from_millis(250)).build().unwrap();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let url = format!("https://{}/x?q=s3cret", listener.local_addr().unwrap());
        thread::spawn(move || serve(listener));
        let error = client.get(&url).send().await.unwrap_err();
        failure(&error, &Url::parse(&url).unwrap())
    }

    async fn ask(serve: impl FnOnce(TcpListener) + Send + 'static) -> ErrorKind {
        ask_trusting(Vec::new(), serve).await
    }

    /// Serves TLS once with a certificate of `tls/`.
    fn serve_tls(certificate: &'static [u8]) -> impl FnOnce(TcpListener) + Send + 'static {
        move |listener| {
            let chain = vec![CertificateDer::from_pem_slice(certificate).unwrap()];
            let key = PrivateKeyDer::from_pem_slice(include_bytes!("tls/key.pem")).unwrap();
            let config = ServerConfig::builder().with_no_client_auth();
            let config = Arc::new(config.with_single_cert(chain, key).unwrap());
            let (mut stream, _) = listener.accept().unwrap();
            let mut connection = ServerConnection::new(config).unwrap();
            // The client refuses the certificate in the middle of it.
            connection.complete_io(&mut stream).ok();
        }
    }

    #[tokio::test]
    async fn failures_of_tls_are_told_apart() {
        let authority = || Certificate::from_pem(include_bytes!("tls/ca.pem")).unwrap();
        for (certificate, is_trusted, expected) in [
            (&include_bytes!("tls/other.pem")[..], true, TlsFault::WrongName),
            (include_bytes!("tls/expired.pem"), true, TlsFault::Expired),
            (include_bytes!("tls/early.pem"), true, TlsFault::NotYetValid),
            (include_bytes!("tls/good.pem"), false, TlsFault::UnknownIssuer),
        ] {
            let authorities = if is_trusted { vec![authority()] } else { Vec::new() };
            let error = ask_trusting(authorities, serve_tls(certificate)).await;
            let kind = NetworkKind::Tls(expected);
            assert!(
                matches!(&error, ErrorKind::Network { kind: found, .. } if *found == kind),
                "{error:?}"
            );
        }
        // With the right authority there is a connection, and no answer.
        let error =
            ask_trusting(vec![authority()], serve_tls(include_bytes!("tls/good.pem"))).await;
        let kind = NetworkKind::Cut;
        assert!(
            matches!(&error, ErrorKind::Network { kind: found, .. } if *found == kind),
            "{error:?}"
        );
    }

    #[tokio::test]
    async fn a_server_without_tls_is_not_taken_for_a_lost_answer() {
        let error = ask(|listener| {
            let (mut stream, _) = listener.accept().unwrap();
            stream.write_all(b"HTTP/1.1 400 Bad Request\r\n\r\n").unwrap();
        });
        let error = error.await;
        let kind = NetworkKind::Tls(TlsFault::NotTls);
        assert!(
            matches!(&error, ErrorKind::Network { kind: found, .. } if *found == kind),
            "{error:?}"
        );
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
