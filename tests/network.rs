//! Networks that do not lead to GitLab: names, proxies and certificate authorities.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::thread;
use std::time::Instant;

use expect_test::expect;

use crate::support::{GITLAB_TOKEN, LIMIT, Printed, TestWorld, Transcript};

/// A certificate authority that has issued nothing.
const AUTHORITY: &str = include_str!("../crates/api/src/http/tls/ca.pem");

/// A user whose GitLab is at an address that leads nowhere.
fn user(url: &str) -> TestWorld {
    let test = TestWorld::demo().with_token();
    test.write("authorities.pem", AUTHORITY);
    let now = test.path("config.toml");
    test.write("config.toml", "");
    let authorities = test.path("authorities.pem");
    test.with("SUPPORT_AUDIT_CONFIG", now.to_str().unwrap())
        .with("SSL_CERT_FILE", authorities.to_str().unwrap())
        .with("SUPPORT_AUDIT_GITLAB_URL", url)
}

/// Runs a command that must fail soon, without the clock of the sandbox: GitLab is elsewhere.
#[track_caller]
fn fails(test: &TestWorld, code: i32) -> Printed {
    let begin = Instant::now();
    let mut command = test.command(&["run"]);
    command.env_remove("SUPPORT_AUDIT_NOW");
    let printed = test.finish(&mut command).exit(code).hides(GITLAB_TOKEN);
    assert!(begin.elapsed() < LIMIT / 2, "it took {:?}: {}", begin.elapsed(), printed.stderr);
    printed
}

/// The name of no host, which the system refuses without asking a name server: a label is too long.
fn nowhere() -> String {
    format!("{}.invalid", "a".repeat(64))
}

/// A proxy that gives every request the same answer; its host and port.
fn proxy(answer: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let mut request = [0; 1024];
            let length = stream.read(&mut request).unwrap();
            assert!(request[..length].starts_with(b"CONNECT gitlab.invalid:443 "));
            stream.write_all(answer.as_bytes()).unwrap();
        }
    });
    address
}

#[test]
fn a_host_that_does_not_exist_is_named_at_once() {
    let name = nowhere();
    let printed = fails(&user(&format!("https://{name}")), 7);
    printed.redacting(name, "nowhere.invalid").messages_are(expect![[r#"
        error: could not read the roster data/support-team.yaml of gitlab-com/support/team at master: there is no host of this name: invalid dns name (GET nowhere.invalid/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fsupport-team%2Eyaml/raw)
        hint: check the address in `support-audit config`, and the connection
    "#]]);
}

#[test]
fn a_proxy_that_fails_is_named() {
    let mut transcript = Transcript::default();
    for (case, answer) in [
        ("407", "HTTP/1.1 407 Proxy Authentication Required\r\n\r\n"),
        ("403", "HTTP/1.1 403 Forbidden\r\n\r\n"),
        ("502", "HTTP/1.1 502 Bad Gateway\r\n\r\n"),
    ] {
        let proxy = proxy(answer);
        let test = user("https://gitlab.invalid");
        let test = test.with("HTTPS_PROXY", format!("http://user:s3cret@{proxy}"));
        let printed = fails(&test, 7).hides("s3cret");
        assert!(printed.stderr.contains(&proxy), "{}", printed.stderr);
        transcript.add(case, printed.redacting(proxy, "[proxy]"));
    }
    let name = nowhere();
    let test = user("https://gitlab.invalid").with("HTTPS_PROXY", format!("http://{name}:3128"));
    transcript.add("no such host", fails(&test, 7).redacting(name, "nowhere.invalid"));
    transcript.is(expect![[r#"
        # 407
        error: could not read the roster data/support-team.yaml of gitlab-com/support/team at master: the proxy wants a user name and password (407): [proxy] (GET gitlab.invalid/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fsupport-team%2Eyaml/raw)
        hint: set HTTPS_PROXY=http://USER:PASSWORD@HOST:PORT
        # 403
        # 502
        error: could not read the roster data/support-team.yaml of gitlab-com/support/team at master: the proxy refused to connect to the host: [proxy] (GET gitlab.invalid/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fsupport-team%2Eyaml/raw)
        hint: ask who runs the proxy to let it through, or name the host in NO_PROXY
        # no such host
        error: could not read the roster data/support-team.yaml of gitlab-com/support/team at master: there is no host of the proxy's name: nowhere.invalid:3128: failed to lookup address information: Name or service not known (GET gitlab.invalid/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fsupport-team%2Eyaml/raw)
        hint: HTTPS_PROXY names the proxy, NO_PROXY the hosts that are reached without it
    "#]]);
}

#[test]
#[cfg(target_os = "linux")]
fn a_file_of_authorities_that_cannot_be_used_is_named() {
    let mut transcript = Transcript::default();
    for (case, content) in [
        ("empty", ""),
        ("byte order mark", &format!("\u{feff}{AUTHORITY}")),
        ("no certificate", "none\n"),
    ] {
        let test = user("https://gitlab.invalid");
        test.write("authorities.pem", content);
        transcript.add(case, fails(&test, 1));
    }
    let test = user("https://gitlab.invalid");
    test.write("authorities.pem", b"\x30\x82\x01\x9e\x30\x82");
    transcript.add("DER", fails(&test, 1));
    for (case, value) in
        [("no value", ""), ("missing", "/no/such/file"), ("relative", "no/such/file")]
    {
        transcript
            .add(case, fails(&user("https://gitlab.invalid").with("SSL_CERT_FILE", value), 1));
    }
    transcript.is(expect![[r#"
        # empty
        error: no certificate authorities can be read: SSL_CERT_FILE names [home]/authorities.pem, which is empty
        hint: correct SSL_CERT_FILE, or unset it to trust the system's authorities
        # byte order mark
        error: no certificate authorities can be read: SSL_CERT_FILE names [home]/authorities.pem, which begins with a byte order mark: save it without one
        hint: correct SSL_CERT_FILE, or unset it to trust the system's authorities
        # no certificate
        error: no certificate authorities can be read: SSL_CERT_FILE names [home]/authorities.pem, which holds no certificate in PEM
        hint: correct SSL_CERT_FILE, or unset it to trust the system's authorities
        # DER
        error: no certificate authorities can be read: SSL_CERT_FILE names [home]/authorities.pem, which is DER: make PEM of it by `openssl x509 -inform der -in FILE -out FILE.pem`
        hint: correct SSL_CERT_FILE, or unset it to trust the system's authorities
        # no value
        error: no certificate authorities can be read: SSL_CERT_FILE is set, but empty
        hint: correct SSL_CERT_FILE, or unset it to trust the system's authorities
        # missing
        error: no certificate authorities can be read: SSL_CERT_FILE names /no/such/file: No such file or directory (os error 2)
        hint: correct SSL_CERT_FILE, or unset it to trust the system's authorities
        # relative
        error: no certificate authorities can be read: SSL_CERT_FILE names no/such/file, looked for in [home]: No such file or directory (os error 2)
        hint: correct SSL_CERT_FILE, or unset it to trust the system's authorities
    "#]]);
}

#[test]
fn the_environment_of_networks_is_in_the_manual() {
    let manual = TestWorld::demo().run(&["help", "environment"]).success();
    for variable in ["SSL_CERT_FILE", "HTTPS_PROXY", "NO_PROXY"] {
        assert!(manual.stdout.contains(variable), "{}", manual.stdout);
    }
}
