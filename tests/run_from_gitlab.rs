//! `run`: the audit of a roster in a GitLab repository, whatever the network does.

use std::io::Write as _;

use expect_test::expect;
use flate2::Compression;
use flate2::write::GzEncoder;
use jiff::civil::date;
use sandbox::{Answer, Fault, FaultKind, Request, Sandbox, Service, Token, World};
use serde_json::Value;

use crate::support::{GITLAB_TOKEN, NOW, Printed, ROSTER, Ran, TEAM, TestWorld, Transcript};

/// Arguments for the roster as a file and as a folder, and a piece of the address of the request
/// that brings it.
const SOURCES: [(&[&str], &str); 2] =
    [(&["run"], "/raw"), (&["run", "--roster-path", "data/agents"], "archive")];

/// The demo world with its token, and its people also as a folder of `count` files.
fn demo(count: usize) -> TestWorld {
    let test = TestWorld::demo().with_token();
    test.sandbox.update(|world| {
        let files = (0..count).map(|number| {
            let person =
                format!("name: Person {number}\ncalendly: https://calendly.com/p{number}\n");
            (format!("data/agents/{number}.yaml"), person.into_bytes())
        });
        world.project(TEAM).unwrap().add_files(files);
    });
    test
}

/// Runs the audit, and sees that nothing was written and that the token was not shown.
#[track_caller]
fn run(test: &TestWorld, arguments: &[&str]) -> Ran {
    let ran = test.run(arguments);
    assert_eq!(test.sandbox.writes().len(), 0, "{:?}", test.sandbox.writes());
    assert!(!format!("{ran:?}").contains(GITLAB_TOKEN), "{ran:?}");
    let is_gitlab = |request: &Request| request.service == Service::GitLab;
    assert!(test.sandbox.requests().iter().all(is_gitlab), "Calendly was asked");
    ran
}

/// Refuses an end other than with `code` and nothing on stdout.
#[track_caller]
fn fails(ran: Ran, code: i32) -> Printed {
    assert_eq!(ran.stdout, "", "{}", ran.stderr);
    assert!(ran.stderr.contains("error: "), "{}", ran.stderr);
    ran.exit(code)
}

/// Who has a finding of which check.
fn findings(report: &Value) -> Vec<(&str, &str)> {
    let mut findings = Vec::new();
    for person in report["people"].as_array().unwrap() {
        for finding in person["findings"].as_array().unwrap() {
            findings.push((finding["check"].as_str().unwrap(), person["name"].as_str().unwrap()));
        }
    }
    findings.sort_unstable();
    findings
}

/// A gzipped tar of entries: kind (`0` a file, `2` a symlink), path, and content or target.
fn archive(entries: &[(u8, &str, &str)]) -> Vec<u8> {
    let mut tar = Vec::new();
    for &(kind, path, text) in entries {
        let (content, target) = if kind == b'2' { ("", text) } else { (text, "") };
        // POSIX ustar: name, mode, owner, group, size, time, checksum, kind, target, magic.
        let mut header = [0; 512];
        let mut put = |at: usize, bytes: &[u8]| header[at..at + bytes.len()].copy_from_slice(bytes);
        put(0, path.as_bytes());
        put(100, b"0000664\0");
        put(124, format!("{:011o}\0", content.len()).as_bytes());
        put(148, b"        ");
        put(156, &[kind]);
        put(157, target.as_bytes());
        put(257, b"ustar\x0000");
        let sum: u32 = header.iter().map(|byte| u32::from(*byte)).sum();
        header[148..156].copy_from_slice(format!("{sum:06o}\0 ").as_bytes());
        tar.extend(header);
        tar.extend(content.as_bytes());
        tar.resize(tar.len().next_multiple_of(512), 0);
    }
    tar.extend([0; 1024]);
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(&tar).unwrap();
    gzip.finish().unwrap()
}

/// An answer that brings `body` as GitLab brings an archive.
fn brings(body: Vec<u8>) -> FaultKind {
    let answer = Answer::text(200, "application/octet-stream", "");
    FaultKind::Answer(Answer { body, ..answer })
}

#[test]
fn the_demo_world_has_each_planted_fault_once() {
    let report = run(&demo(0), &["run", "--format", "json"]).success().json();
    let expected = [
        ("link-malformed", "Zuzana Hrušovská"),
        ("link-missing", "Ezekiel Brightwater"),
        ("link-shared", "Harjit Dhillon-Whyte"),
        ("link-shared", "Priyamvada Ramaswamy"),
        ("manager-unresolved", "Mihi-Rose Tauranga"),
    ];
    assert_eq!(findings(&report), expected);
    assert_eq!(report["problems"].as_array().unwrap().len(), 0);
    assert_eq!(report["summary"]["people"], 41);
    run(&demo(0), &["run", "--exit-code"]).exit(10);
}

#[test]
fn the_provenance_names_what_was_read() {
    let test = demo(3);
    let first = test.roster_commit();
    test.sandbox.update(|world| {
        world.project(TEAM).unwrap().add_file("README.md", "Later.\n");
    });
    for (arguments, path) in
        SOURCES.map(|(arguments, _)| arguments).into_iter().zip([ROSTER, "data/agents"])
    {
        for form in ["markdown", "csv", "json", "table"] {
            let ran = run(&test, &[arguments, &["--format", form]].concat()).success();
            for part in [TEAM, path, &test.roster_commit(), NOW, env!("CARGO_PKG_VERSION")] {
                assert!(ran.stdout.contains(part), "{form} {part}: {}", ran.stdout);
            }
        }
        let older = [arguments, &["--roster-ref", &first, "--format", "json"]].concat();
        let report = run(&test, &older).success().json();
        assert_eq!(report["provenance"]["commit"], first.as_str());
    }
}

#[test]
fn a_checkout_gives_the_same_report_as_the_repository() {
    let test = demo(0);
    test.write(ROSTER, test.roster());
    let report = |arguments: &[&str]| {
        run(&test, &[arguments, &["--format", "json"]].concat()).success().json()
    };
    let (here, there) = (report(&["run", "--roster", ROSTER]), report(&["run"]));
    assert_eq!(here["provenance"]["sha256"], there["provenance"]["sha256"]);
    assert_eq!(here["people"], there["people"]);
}

#[test]
fn the_number_of_requests_does_not_grow_with_the_number_of_files() {
    for (arguments, _) in SOURCES {
        let requests = [2, 250].map(|count| {
            let test = demo(count);
            run(&test, arguments).success();
            test.sandbox.requests().len()
        });
        assert_eq!(requests[0], requests[1]);
        assert!((1..=3).contains(&requests[1]), "{requests:?}");
    }
    let ran = run(&demo(250), SOURCES[1].0).success();
    assert!(ran.stdout.contains("250 people"), "{}", ran.stdout);
}

#[test]
fn the_token_goes_to_gitlab_and_is_never_shown() {
    for (arguments, _) in SOURCES {
        let test = demo(2);
        for form in ["markdown", "csv", "json", "table"] {
            let ran = run(&test, &[&["-vv", "--format", form], arguments].concat()).success();
            assert!(ran.stderr.contains("/api/v4/"), "no log: {}", ran.stderr);
        }
        for request in test.sandbox.requests() {
            assert_eq!(request.header("private-token"), Some(GITLAB_TOKEN));
            assert!(!request.path.contains(GITLAB_TOKEN), "{}", request.path);
        }
        let echo = format!(r#"{{"message":"bad header private-token: {GITLAB_TOKEN}"}}"#);
        for status in [400, 401, 403, 404, 500] {
            let kind = FaultKind::Answer(Answer::json(status, &echo));
            test.sandbox.inject(Fault::new("", kind).times(9));
            let ran = run(&test, &[&["-vv", "--format", "json"], arguments].concat());
            assert_ne!(ran.code, 0, "{status}");
        }
    }
}

#[test]
fn a_renamed_project_is_found_under_its_old_name() {
    for (arguments, _) in SOURCES {
        let test = demo(2);
        let before = run(&test, arguments).success();
        test.sandbox.update(|world| world.rename_project(TEAM, "gitlab-com/people/team").unwrap());
        assert_eq!(run(&test, arguments).success().stdout, before.stdout);
    }
}

#[test]
fn a_redirect_to_another_host_is_refused_and_the_token_not_sent_there() {
    let other = Sandbox::start(World::demo().unwrap()).unwrap();
    let host = other.gitlab_url();
    let (_, name) = host.split_once("//").unwrap();
    for (arguments, part) in SOURCES {
        for status in [301, 302, 303, 307, 308] {
            for location in [
                format!("{host}/api/v4/projects/2001"),
                format!("//{name}/x"),
                format!("https://{name}/"),
            ] {
                let test = demo(2);
                let kind = FaultKind::Redirect { status, location };
                test.sandbox.inject(Fault::new(part, kind).times(9));
                let ran = run(&test, arguments);
                let code = ran.code;
                assert_ne!(code, 0);
                assert!(fails(ran, code).stderr.contains(name));
            }
        }
    }
    assert_eq!(other.requests().len(), 0);
}

#[test]
fn a_redirect_in_a_circle_ends() {
    let test = demo(0);
    let kind = FaultKind::Redirect { status: 302, location: "/api/v4/around".to_owned() };
    test.sandbox.inject(Fault::new("", kind).times(1000));
    let ran = run(&test, &["run"]);
    assert_ne!(ran.code, 0);
    assert!(test.sandbox.requests().len() < 50, "{}", test.sandbox.requests().len());
}

#[test]
fn an_unusable_token_ends_with_3_and_says_what_to_do() {
    let test = demo(2);
    let mut expired = Token::new("expired-token", "ivelderman", &["api"]);
    expired.expires_at = Some(date(2026, 11, 22));
    let mut revoked = Token::new("revoked-token", "ivelderman", &["api"]);
    revoked.revoked = true;
    let narrow = Token::new("narrow-token", "ivelderman", &["read_user"]);
    test.sandbox.update(|world| {
        for token in [expired, revoked, narrow] {
            world.add_token(token);
        }
    });
    let mut test = test;
    let mut transcript = Transcript::default();
    for token in ["unknown-token", "expired-token", "revoked-token", "narrow-token"] {
        test = test.with("GL_TOKEN", token);
        for (arguments, part) in SOURCES {
            let before = test.sandbox.requests().len();
            let ran = fails(run(&test, arguments), 3).hides(token);
            if part == "archive" {
                transcript.add(token, ran);
            }
            assert_eq!(test.sandbox.requests().len(), before + 1, "{token} was tried again");
        }
    }
    transcript.is(expect![[r#"
        # unknown-token
        error: could not read the roster data/agents of gitlab-com/support/team at master: the token was refused: 401 Unauthorized (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/commits/master)
        hint: `support-audit auth status` tells where the token comes from
        # expired-token
        error: could not read the roster data/agents of gitlab-com/support/team at master: the token is no longer valid: Token is expired. You can either do re-authorization or token refresh. (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/commits/master)
        hint: `support-audit auth status` tells where the token comes from
        # revoked-token
        error: could not read the roster data/agents of gitlab-com/support/team at master: the token is no longer valid: Token was revoked. You have to re-authorize from the user. (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/commits/master)
        hint: `support-audit auth status` tells where the token comes from
        # narrow-token
        error: could not read the roster data/agents of gitlab-com/support/team at master: the token lacks a scope, any of: api read_api (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/commits/master)
        hint: to write it needs `api`, to read `read_api`: `support-audit auth status` shows what it has
    "#]]);
}

#[test]
fn without_a_token_nothing_is_sent() {
    let test = TestWorld::demo();
    let mut transcript = Transcript::default();
    for (arguments, _) in SOURCES {
        for token in ["", "two words", "two\nlines"] {
            let mut command = test.command(arguments);
            let ran = fails(test.finish(command.env("GL_TOKEN", token)), 3);
            assert!(token.is_empty() || !ran.stderr.contains(token), "{}", ran.stderr);
        }
        transcript.add(arguments.join(" "), fails(test.run(arguments), 3));
    }
    transcript.is(expect![[r#"
        # run
        # run --roster-path data/agents
        error: no GitLab token for gitlab.test: GL_TOKEN is not set and there is no keyring
        hint: set GL_TOKEN, for instance from a password manager: GL_TOKEN=$(op read …)
    "#]]);
    assert_eq!(test.sandbox.requests().len(), 0);
}

#[test]
fn what_is_not_there_is_named_with_its_project() {
    let test = demo(2);
    let mut transcript = Transcript::default();
    for (project, path, reference) in [
        ("no/such-project", ROSTER, "master"),
        (TEAM, "data/missing.yaml", "master"),
        (TEAM, ROSTER, "no-such-branch"),
        ("no/such-project", "data/agents", "master"),
        (TEAM, "data/missing", "master"),
        (TEAM, "data/agents", "no-such-branch"),
        (TEAM, "..", "master"),
    ] {
        let arguments =
            ["run", "--roster-project", project, "--roster-path", path, "--roster-ref", reference];
        transcript.add(format!("{project} {path} {reference}"), fails(run(&test, &arguments), 1));
    }
    transcript.is(expect![[r#"
        # no/such-project data/support-team.yaml master
        error: could not read the roster data/support-team.yaml of no/such-project at master: not found: 404 Project Not Found (GET gitlab.test/api/v4/projects/no%2Fsuch-project/repository/files/data%2Fsupport-team%2Eyaml/raw)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
        # gitlab-com/support/team data/missing.yaml master
        error: could not read the roster data/missing.yaml of gitlab-com/support/team at master: not found: 404 File Not Found (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fmissing%2Eyaml/raw)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
        # gitlab-com/support/team data/support-team.yaml no-such-branch
        error: could not read the roster data/support-team.yaml of gitlab-com/support/team at no-such-branch: not found: 404 Commit Not Found (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/files/data%2Fsupport-team%2Eyaml/raw)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
        # no/such-project data/agents master
        error: could not read the roster data/agents of no/such-project at master: not found: 404 Project Not Found (GET gitlab.test/api/v4/projects/no%2Fsuch-project/repository/commits/master)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
        # gitlab-com/support/team data/missing master
        error: could not read the roster data/missing of gitlab-com/support/team at master: not found: 404 File Not Found (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/archive.tar.gz)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
        # gitlab-com/support/team data/agents no-such-branch
        error: could not read the roster data/agents of gitlab-com/support/team at no-such-branch: not found: 404 Commit Not Found (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/commits/no-such-branch)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
        # gitlab-com/support/team .. master
        error: could not read the roster .. of gitlab-com/support/team at master: not found: 404 File Not Found (GET gitlab.test/api/v4/projects/gitlab-com%2Fsupport%2Fteam/repository/archive.tar.gz)
        hint: it may be misspelt, or private and not shown to this token: see `support-audit config` and `support-audit auth status`
    "#]]);
    let secret = "gitlab-com/support/support-ops/secret";
    test.sandbox.update(|world| {
        world.add_project(secret).add_file(ROSTER, "- name: X\n");
    });
    let ran = run(&test, &["run", "--roster-project", secret]).failure();
    assert!(ran.stderr.contains("private"), "{}", ran.stderr);
}

#[test]
fn what_passes_by_itself_is_tried_again() {
    let plain = Answer::too_many_requests_text;
    let json = Answer::too_many_requests_json;
    let broken = Answer::internal_server_error;
    for (arguments, part) in SOURCES {
        let undisturbed = run(&demo(2), arguments).success().stdout;
        for (kind, times) in [
            (FaultKind::Answer(plain()), 1),
            (FaultKind::Answer(plain().header("retry-after", "30")), 2),
            (FaultKind::Answer(json()), 1),
            (FaultKind::Answer(json().header("retry-after", "30")), 2),
            (FaultKind::Answer(broken()), 1),
            (FaultKind::Answer(Answer::bad_gateway()), 2),
            (FaultKind::Answer(Answer::text(503, "text/plain", "")), 1),
            (FaultKind::CutBefore, 1),
            (FaultKind::CutAfter, 1),
            (FaultKind::Truncate(0), 1),
            (FaultKind::Truncate(40), 1),
            (FaultKind::WrongSha256, 1),
        ] {
            let test = demo(2);
            test.sandbox.inject(Fault::new(part, kind.clone()).times(times));
            let ran = run(&test, arguments).success();
            assert_eq!(ran.stdout, undisturbed, "{kind:?}");
            let is_limit = matches!(&kind, FaultKind::Answer(Answer { status: 429, .. }));
            assert_eq!(ran.stderr.contains("rate limit"), is_limit, "{}", ran.stderr);
        }
    }
    let damaged = brings(archive(&[(b'0', "top/data/agents/0.yaml", "name: X\n")])[..60].to_vec());
    let test = demo(2);
    test.sandbox.inject(Fault::new("archive", damaged));
    let ran = run(&test, SOURCES[1].0).success();
    assert!(ran.stdout.contains("2 people"), "{}", ran.stdout);
}

#[test]
fn what_does_not_pass_ends_with_7_and_nothing_on_stdout() {
    for (arguments, part) in SOURCES {
        let mut kinds = vec![
            FaultKind::Answer(Answer::too_many_requests_text()),
            FaultKind::Answer(Answer::too_many_requests_json().header("retry-after", "1")),
            FaultKind::Answer(Answer::internal_server_error()),
            FaultKind::Answer(Answer::bad_gateway()),
            FaultKind::Answer(Answer::text(503, "text/html", "<h1>Deploy in progress</h1>")),
            FaultKind::CutBefore,
            FaultKind::CutAfter,
            FaultKind::Truncate(0),
            FaultKind::Truncate(40),
        ];
        kinds.push(if part == "archive" {
            brings(vec![0x1f, 0x8b, 8])
        } else {
            FaultKind::WrongSha256
        });
        for kind in kinds {
            let test = demo(2);
            test.sandbox.inject(Fault::new(part, kind.clone()).times(100));
            let ran = fails(run(&test, arguments), 7);
            assert!(!ran.stderr.contains('<'), "{}", ran.stderr);
            let requests = test.sandbox.requests().len();
            assert!((2..=12).contains(&requests), "{kind:?}: {requests} requests");
        }
    }
}

#[test]
fn a_long_limit_is_reported_and_not_waited_for() {
    for answer in [Answer::too_many_requests_text(), Answer::too_many_requests_json()] {
        let test = demo(0);
        let kind = FaultKind::Answer(answer.header("retry-after", "3600"));
        test.sandbox.inject(Fault::new("", kind));
        let ran = fails(run(&test, &["run"]), 7);
        assert!(ran.stderr.contains("3600 s"), "{}", ran.stderr);
        assert_eq!(test.sandbox.requests().len(), 1);
    }
}

#[test]
fn a_sign_in_page_is_not_taken_for_a_roster() {
    let page = "<!doctype html>\n<html><body><p>Sign in</p></body></html>\n";
    for (arguments, _) in SOURCES {
        let test = demo(2);
        let kind = FaultKind::Answer(Answer::text(200, "text/html; charset=utf-8", page));
        test.sandbox.inject(Fault::new("", kind).times(100));
        let ran = run(&test, arguments);
        let code = ran.code;
        assert_ne!(code, 0);
        assert!(!fails(ran, code).stderr.contains("<p>"));
    }
}

#[test]
fn a_folder_is_read_with_its_folders_but_without_links() {
    let test = demo(2);
    test.sandbox.update(|world| {
        let project = world.project(TEAM).unwrap();
        project.add_file("data/agents/emea/bob.yaml", "name: Bob\n");
        project.add_file("data/agents/README.md", "Nobody.\n");
        project.add_file("data/agents-old/carl.yaml", "name: Carl\n");
    });
    let arguments = [SOURCES[1].0, &["--format", "json"]].concat();
    let report = run(&test, &arguments).success().json();
    assert_eq!(report["summary"]["people"], 3);
    assert_eq!(report["problems"].as_array().unwrap().len(), 0, "{report}");

    let entries = [
        (b'0', "top/data/agents/ada.yaml", "name: Ada\n"),
        (b'2', "top/data/agents/link.yaml", "/etc/passwd"),
        (b'2', "top/data/agents/README", "/etc/passwd"),
        (b'0', "top/data/agents/apac/Zoe.YML", "name: Zoe\n"),
    ];
    test.sandbox.inject(Fault::new("archive", brings(archive(&entries))));
    let report = run(&test, &arguments).success().json();
    assert_eq!(report["summary"]["people"], 2);
    let problems = report["problems"].as_array().unwrap();
    let files: Vec<_> = problems.iter().map(|it| it["file"].as_str().unwrap()).collect();
    assert_eq!(files, ["data/agents/link.yaml"], "{report}");
    assert!(!report.to_string().contains("root:"), "{report}");
}

#[test]
fn the_token_is_not_sent_in_clear_over_a_network() {
    let proxy = Sandbox::start(World::demo().unwrap()).unwrap();
    for url in ["http://gitlab.example.com", "http://10.0.0.1", "http://localhost.example.com"] {
        let test = TestWorld::demo()
            .with_token()
            .with("SUPPORT_AUDIT_NOW", "")
            .with("HTTP_PROXY", proxy.gitlab_url())
            .with("http_proxy", proxy.gitlab_url());
        let ran = fails(run(&test, &["run", "--gitlab-url", url]), 4);
        assert!(ran.stderr.contains("https://"), "{}", ran.stderr);
        assert_eq!(test.sandbox.requests().len(), 0);
    }
    assert_eq!(proxy.requests().len(), 0);
}

#[test]
fn no_proxy_is_used_for_this_machine() {
    let proxy = Sandbox::start(World::demo().unwrap()).unwrap();
    let variables =
        ["HTTP_PROXY", "http_proxy", "HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];
    let test =
        variables.into_iter().fold(demo(0), |test, name| test.with(name, proxy.gitlab_url()));
    run(&test, &["run"]).success();
    assert_ne!(test.sandbox.requests().len(), 0);
    assert_eq!(proxy.requests().len(), 0);
}
