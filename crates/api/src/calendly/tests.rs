//! Calendly's calls against prepared answers, which are those of its own documentation.

use std::sync::{Arc, Mutex};

use super::*;
use crate::base_url::BaseUrl;
use crate::events::PageRead;
use crate::fake::{Fake, Received, answer, json};
use crate::options::Sleep;
use crate::pages::MAX_PAGES;
use crate::token::Token;

const ORGANIZATION: &str = "https://api.calendly.com/organizations/CC";

/// Tells whether an error is the one that a case is about.
type IsExpected = fn(&Error) -> bool;

fn options(fake: &Fake) -> Options {
    let base = BaseUrl::parse(&fake.url()).unwrap();
    let mut options = Options::new(base, Some(Token::new("s3cret").unwrap()));
    options.sleep = Sleep::Skipped;
    options
}

fn client(fake: &Fake) -> Calendly {
    Calendly::new(options(fake)).unwrap()
}

fn paths(fake: &Fake) -> Vec<String> {
    fake.requests().iter().map(Received::path).collect()
}

/// A page of these items, with these fields in its pagination.
fn page(items: &[String], pagination: &str) -> Vec<u8> {
    let items = items.join(",");
    json("", &format!(r#"{{"collection":[{items}],"pagination":{{"count":1{pagination}}}}}"#))
}

/// What a page says about the next one.
fn next(token: &str) -> String {
    format!(r#","next_page":"https://elsewhere.example/{token}","next_page_token":"{token}""#)
}

/// What the last page says.
const LAST: &str = r#","next_page":null,"next_page_token":null"#;

fn membership(name: &str) -> String {
    format!(
        r#"{{"uri":"https://api.calendly.com/organization_memberships/{name}","role":"user",
            "user":{{"uri":"https://api.calendly.com/users/{name}","email":"{name}@Example.com"}}}}"#
    )
}

/// The last parts of the URIs of what was read.
fn names(listing: &Listing<Membership>) -> Vec<&str> {
    listing.items.iter().filter_map(|item| item.uri.rsplit('/').next()).collect()
}

fn refused(status: &str, title: &str, message: &str) -> Vec<u8> {
    answer(status, "", format!(r#"{{"title":"{title}","message":"{message}"}}"#).as_bytes())
}

#[tokio::test]
async fn me_is_asked_with_a_bearer_token() {
    let body = format!(
        r#"{{"resource":{{"uri":"https://api.calendly.com/users/AA","name":"Ada","slug":"ada",
            "email":"ada@example.com","avatar_url":null,"current_organization":"{ORGANIZATION}"}}}}"#
    );
    let fake = Fake::start(vec![json("", &body)]);
    let calendly = client(&fake);
    let expected =
        Me { email: "ada@example.com".to_owned(), current_organization: ORGANIZATION.to_owned() };
    assert_eq!(calendly.me().await, Ok(expected));
    let requests = fake.requests();
    assert_eq!(requests[0].path(), "/users/me");
    assert_eq!(requests[0].header("authorization"), Some("Bearer s3cret"));
    assert_eq!(requests[0].header("private-token"), None);
    assert!(!format!("{calendly:?}").contains("s3cret"), "{calendly:?}");
}

#[test]
fn complete_memberships_are_read() {
    let read: Membership = serde_json::from_str(
        r#"{"uri":"https://api.calendly.com/organization_memberships/AAAA1111","role":"admin",
            "user":{"uri":"https://api.calendly.com/users/BBBB2222","name":"Ada Example",
            "slug":"ada-example","email":"ada@example.com",
            "scheduling_url":"https://calendly.com/ada-example","timezone":"Europe/Berlin",
            "avatar_url":null,"created_at":"2023-04-05T06:07:08.123456Z"},
            "organization":"https://api.calendly.com/organizations/CCCC3333",
            "updated_at":"2026-10-01T02:03:04.567890Z","created_at":"2023-04-05T06:07:09.123456Z"}"#,
    )
    .unwrap();
    let expected = Membership {
        uri: "https://api.calendly.com/organization_memberships/AAAA1111".to_owned(),
        role: "admin".to_owned(),
        user: User {
            uri: "https://api.calendly.com/users/BBBB2222".to_owned(),
            name: "Ada Example".to_owned(),
            email: "ada@example.com".to_owned(),
            scheduling_url: "https://calendly.com/ada-example".to_owned(),
        },
        created_at: Some("2023-04-05T06:07:09.123456Z".parse().unwrap()),
    };
    assert_eq!(read, expected);
}

#[test]
fn sparse_memberships_are_read_too_but_what_decides_is_not_made_up() {
    let spare = r#"{"uri":"m","role":"group admin","user":{"uri":"u","email":"e"}}"#;
    let nulls = r#"{"uri":"m","role":"group admin","created_at":null,"updated_at":null,
        "user":{"uri":"u","name":null,"email":"e","slug":null,"scheduling_url":null}}"#;
    let read: Membership = serde_json::from_str(spare).unwrap();
    assert_eq!(read, serde_json::from_str(nulls).unwrap());
    assert_eq!((&*read.role, read.created_at), ("group admin", None));
    let User { name, scheduling_url, .. } = read.user;
    assert_eq!([name, scheduling_url], ["", ""]);

    for without in [
        r#"{"role":"user","user":{"uri":"u","email":"e"}}"#,
        r#"{"uri":"m","user":{"uri":"u","email":"e"}}"#,
        r#"{"uri":"m","role":"user"}"#,
        r#"{"uri":"m","role":"user","user":{"email":"e"}}"#,
        r#"{"uri":"m","role":"user","user":{"uri":"u"}}"#,
        r#"{"uri":"m","role":"user","user":{"uri":"u","email":null}}"#,
    ] {
        assert!(serde_json::from_str::<Membership>(without).is_err(), "{without}");
    }
}

#[test]
fn complete_and_sparse_invitations_are_read() {
    let read: Invitation = serde_json::from_str(
        r#"{"uri":"https://api.calendly.com/organizations/AA/invitations/BB",
            "organization":"https://api.calendly.com/organizations/AA","email":"test@example.com",
            "status":"pending","created_at":"2019-08-07T06:05:04.321123Z",
            "updated_at":"2019-01-02T03:04:05Z","last_sent_at":"2019-01-03T03:04:05Z"}"#,
    )
    .unwrap();
    let expected = Invitation {
        uri: "https://api.calendly.com/organizations/AA/invitations/BB".to_owned(),
        email: "test@example.com".to_owned(),
        status: "pending".to_owned(),
        created_at: Some("2019-08-07T06:05:04.321123Z".parse().unwrap()),
    };
    assert_eq!(read, expected);

    let spare = r#"{"uri":"i","email":"e","status":"pending","last_sent_at":null}"#;
    let read: Invitation = serde_json::from_str(spare).unwrap();
    assert_eq!(read.created_at, None);
    for field in ["uri", "email", "status"] {
        let without = spare.replace(&format!(r#""{field}":"#), r#""other":"#);
        assert!(serde_json::from_str::<Invitation>(&without).is_err(), "{field}");
    }
}

#[tokio::test]
async fn members_are_read_to_the_last_page_by_its_token_and_each_page_is_reported() {
    let elsewhere = Fake::start(vec![]);
    let trap = format!(r#","next_page":"{}/x","next_page_token":"a/b&c""#, elsewhere.url());
    let fake = Fake::start(vec![
        page(&[membership("A"), membership("B")], &trap),
        page(&[], r#","next_page":"http://[","next_page_token":"t2""#),
        page(&[membership("C")], LAST),
    ]);
    let reported = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&reported);
    let mut options = options(&fake);
    options.pages = Arc::new(move |page| log.lock().unwrap().push(page));
    let listing = Calendly::new(options).unwrap().memberships(ORGANIZATION).await;
    assert_eq!(names(&listing), ["A", "B", "C"]);
    assert_eq!(listing.broken, None);
    assert!(elsewhere.requests().is_empty());
    let first = "/organization_memberships?organization=\
        https%3A%2F%2Fapi.calendly.com%2Forganizations%2FCC&count=100";
    let second = format!("{first}&page_token=a%2Fb%26c");
    assert_eq!(paths(&fake), [first, &second, &format!("{first}&page_token=t2")]);
    let list = "the organisation's members";
    let pages = [(1, 2), (2, 2), (3, 3)].map(|(number, items)| PageRead { list, number, items });
    assert_eq!(*reported.lock().unwrap(), pages);
}

#[tokio::test]
async fn what_was_read_before_a_broken_page_is_kept() {
    let down = || vec![answer("502 Bad Gateway", "", b"<title>502</title>"); 5];
    let denied = || refused("403 Forbidden", "Permission Denied", "This user is not yours");
    let nameless = r#"{"uri":"m","role":"user","user":{"uri":"u"}}"#.to_owned();
    let cases: [(Vec<Vec<u8>>, IsExpected); 6] = [
        (down(), |error| matches!(&error.kind, ErrorKind::Server { status: 502, .. })),
        (
            vec![denied()],
            |error| matches!(&error.kind, ErrorKind::Forbidden { message, .. } if message == "This user is not yours"),
        ),
        (
            vec![refused("401 Unauthorized", "Unauthenticated", "The access token is invalid")],
            |error| matches!(&error.kind, ErrorKind::Unauthorized { .. }),
        ),
        (vec![page(&[nameless], LAST)], |error| matches!(&error.kind, ErrorKind::Decode { .. })),
        (vec![json("", r#"{"collection":[]}"#)], |error| {
            matches!(&error.kind, ErrorKind::Decode { .. })
        }),
        (vec![json("", "<title>Sign in</title>")], |error| {
            matches!(&error.kind, ErrorKind::NotJson { .. })
        }),
    ];
    for (last, is_expected) in cases {
        let fake = Fake::start(last.clone());
        let listing = client(&fake).memberships(ORGANIZATION).await;
        let broken = listing.broken.unwrap();
        assert_eq!((broken.number, broken.items, listing.items.len()), (1, 0, 0));
        assert!(is_expected(&broken.error), "{:?}", broken.error);

        let two = page(&[membership("A"), membership("B")], &next("t1"));
        let three = page(&[membership("C")], &next("t2"));
        let fake = Fake::start([vec![two, three], last].concat());
        let listing = client(&fake).memberships(ORGANIZATION).await;
        assert_eq!(names(&listing), ["A", "B", "C"]);
        let broken = listing.broken.unwrap();
        assert_eq!((broken.number, broken.items), (3, 3));
        assert!(is_expected(&broken.error), "{:?}", broken.error);
        let said = "page 3 of the organisation's members could not be read, after 3 items";
        assert_eq!(broken.to_string(), said);
        let source = std::error::Error::source(&broken).unwrap();
        assert_eq!(source.downcast_ref::<Error>(), Some(&broken.error));
    }
}

#[tokio::test]
async fn pages_without_an_end_are_left() {
    let url_only = r#","next_page":"https://api.calendly.com/x?page_token=t9""#;
    let empty_token = format!(r#"{url_only},"next_page_token":"""#);
    for (pages, read, detail) in [
        (vec![next("t1"), next("t1")], 2, "a page names an earlier one as the next"),
        (vec![next("t1"), next("t2"), next("t1")], 3, "a page names an earlier one as the next"),
        (vec![url_only.to_owned()], 1, "there is a next page, but no token for it"),
        (vec![next("t1"), empty_token], 2, "there is a next page, but no token for it"),
    ] {
        let answers = pages
            .iter()
            .enumerate()
            .map(|(index, pagination)| page(&[membership(&index.to_string())], pagination));
        let fake = Fake::start(answers.collect());
        let listing = client(&fake).memberships(ORGANIZATION).await;
        let broken = listing.broken.unwrap();
        assert_eq!((broken.number, broken.items, listing.items.len()), (read + 1, read, read));
        assert!(
            matches!(&broken.error.kind, ErrorKind::Paging { detail: found, .. } if found == detail),
            "{broken:?}"
        );
        assert_eq!(fake.requests().len(), read);
    }
    for ending in ["", LAST, r#","next_page_token":"""#] {
        let fake = Fake::start(vec![page(&[membership("A")], ending)]);
        assert_eq!(client(&fake).memberships(ORGANIZATION).await.broken, None, "{ending}");
    }
}

#[tokio::test]
async fn there_is_a_last_page_even_if_calendly_never_says_so() {
    let answers = (0..=MAX_PAGES).map(|number| page(&[], &next(&number.to_string())));
    let fake = Fake::start(answers.collect());
    let broken = client(&fake).memberships(ORGANIZATION).await.broken.unwrap();
    assert_eq!(broken.number, MAX_PAGES + 1);
    assert!(matches!(broken.error.kind, ErrorKind::Paging { .. }), "{broken:?}");
    assert_eq!(fake.requests().len(), MAX_PAGES);
}

#[tokio::test]
async fn a_limit_is_waited_out_by_its_seconds() {
    let limited = answer(
        "429 Too Many Requests",
        "X-RateLimit-Limit: 500\r\nX-RateLimit-Remaining: 0\r\nX-RateLimit-Reset: 17\r\n",
        b"{}",
    );
    let fake = Fake::start(vec![limited, page(&[membership("A")], LAST)]);
    let reported = Arc::new(Mutex::new(Vec::new()));
    let log = Arc::clone(&reported);
    let mut options = options(&fake);
    options.observer = Arc::new(move |wait| log.lock().unwrap().push(wait.delay.as_secs()));
    let listing = Calendly::new(options).unwrap().memberships(ORGANIZATION).await;
    assert_eq!(names(&listing), ["A"]);
    assert_eq!(listing.broken, None);
    assert!(matches!(reported.lock().unwrap()[..], [17 | 18]), "{reported:?}");
}

#[tokio::test]
async fn a_membership_is_read_by_its_id_and_may_be_gone() {
    let fake = Fake::start(vec![
        json("", &format!(r#"{{"resource":{}}}"#, membership("A"))),
        refused("404 Not Found", "Resource Not Found", "The server could not find it"),
        refused("403 Forbidden", "Permission Denied", "This user is not in your organization"),
        json("", &membership("A")),
    ]);
    let calendly = client(&fake);
    let uri = "https://api.calendly.com/organization_memberships/A";
    let read = calendly.membership(uri).await.unwrap().unwrap();
    assert_eq!((&*read.uri, &*read.user.email), (uri, "A@Example.com"));
    assert_eq!(calendly.membership(uri).await, Ok(None));
    let error = calendly.membership(uri).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Forbidden { .. }), "{error:?}");
    let error = calendly.membership(uri).await.unwrap_err();
    assert!(matches!(error.kind, ErrorKind::Decode { .. }), "{error:?}");
    assert_eq!(paths(&fake), ["/organization_memberships/A"; 4]);
}

#[tokio::test]
async fn all_members_of_an_address_are_found_and_nobody_else() {
    let everybody = [membership("A"), membership("B")];
    let fake = Fake::start(vec![
        page(&everybody, &next("t1")),
        page(&[membership("a"), membership("A")], LAST),
        page(&[], LAST),
        page(&everybody, &next("t1")),
        refused("403 Forbidden", "Permission Denied", "no"),
    ]);
    let calendly = client(&fake);
    let found = calendly.memberships_of_email(ORGANIZATION, "a@example.COM").await.unwrap();
    let emails: Vec<_> = found.iter().map(|membership| &*membership.user.email).collect();
    // The same membership on two pages is one; two memberships of an address are two.
    assert_eq!(emails, ["A@Example.com", "a@Example.com"]);
    assert_eq!(calendly.memberships_of_email(ORGANIZATION, "a+b@x").await, Ok(Vec::new()));
    let error = calendly.memberships_of_email(ORGANIZATION, "a@example.com").await.unwrap_err();
    assert!(matches!(&error.kind, ErrorKind::Forbidden { .. }), "{error:?}");
    let first = "/organization_memberships?organization=\
        https%3A%2F%2Fapi.calendly.com%2Forganizations%2FCC&email=";
    assert_eq!(
        paths(&fake)[..3],
        [
            format!("{first}a%40example.COM&count=100"),
            format!("{first}a%40example.COM&count=100&page_token=t1"),
            format!("{first}a%2Bb%40x&count=100"),
        ]
    );
}

#[tokio::test]
async fn pending_invitations_are_read_to_the_last_page() {
    let with_status = |name: &str, status: &str| {
        format!(r#"{{"uri":"{ORGANIZATION}/invitations/{name}","email":"x","status":"{status}"}}"#)
    };
    let invitation = |name: &str| with_status(name, "pending");
    let fake = Fake::start(vec![
        page(&[invitation("A")], &next("t1")),
        page(&[invitation("B"), with_status("C", "declined"), with_status("D", "odd")], LAST),
        refused("403 Forbidden", "Permission Denied", "no"),
    ]);
    let calendly = client(&fake);
    let listing = calendly.invitations(ORGANIZATION).await;
    let uris: Vec<_> = listing.items.iter().map(|invitation| &*invitation.uri).collect();
    let expected = ["A", "B"].map(|name| format!("{ORGANIZATION}/invitations/{name}"));
    assert_eq!((uris, listing.broken), (expected.each_ref().map(|uri| &**uri).to_vec(), None));
    let broken = calendly.invitations(ORGANIZATION).await.broken.unwrap();
    assert!(matches!(broken.error.kind, ErrorKind::Forbidden { .. }), "{broken:?}");
    let first = "/organizations/CC/invitations?status=pending&count=100";
    assert_eq!(paths(&fake), [first, &format!("{first}&page_token=t1"), first]);

    let broken = calendly.invitations("https://api.calendly.com/users/AA").await.broken.unwrap();
    assert!(matches!(broken.error.kind, ErrorKind::BadName { .. }), "{broken:?}");
    assert_eq!(fake.requests().len(), 3);
}

#[tokio::test]
async fn members_and_invitations_are_removed_by_the_last_part_of_their_uri() {
    let fake = Fake::start(vec![answer("204 No Content", "", b""); 3]);
    let calendly = client(&fake);
    let uri = "https://api.calendly.com/organization_memberships/AA-11_b";
    assert_eq!(calendly.remove_membership(uri).await, Ok(()));
    let uri = format!("{ORGANIZATION}/invitations/034bda29-a544");
    assert_eq!(calendly.revoke_invitation(&uri).await, Ok(()));
    let requests = fake.requests();
    let sent: Vec<_> = requests.iter().map(|r| (r.method(), r.path(), r.body())).collect();
    let expected = [
        ("DELETE", "/organization_memberships/AA-11_b".to_owned(), ""),
        ("DELETE", "/organizations/CC/invitations/034bda29-a544".to_owned(), ""),
    ];
    assert_eq!(sent, expected);
}

#[tokio::test]
async fn a_uri_without_a_plain_uuid_of_the_right_collection_is_not_sent() {
    let fake = Fake::start(vec![]);
    let calendly = client(&fake);
    let host = "https://api.calendly.com";
    for rest in [
        "",
        "/",
        "/AA",
        "/organization_memberships",
        "/organization_memberships/",
        "/organization_memberships/.",
        "/organization_memberships/..",
        "/organization_memberships/AA/",
        "/organization_memberships/AA?x=1",
        "/organization_memberships/AA#x",
        "/organization_memberships/AA%2FBB",
        "/organization_memberships/A A",
        "/organization_memberships/ÄÄ",
        "/organization_memberships/AA\r\nX: y",
        "/more_organization_memberships/AA",
        "/organizations/AA",
        "/users/AA",
    ] {
        let error = calendly.remove_membership(&format!("{host}{rest}")).await.unwrap_err();
        assert!(matches!(&error.kind, ErrorKind::BadName { .. }), "{rest}: {error:?}");
        assert!(!error.may_have_arrived());
    }
    for rest in [
        "/organization_memberships/AA",
        "/invitations/BB",
        "/organizations/AA",
        "/organizations//invitations/BB",
        "/organizations/../invitations/BB",
        "/organizations/A%2e/invitations/BB",
        "/organizations/AA/invitations/..",
        "/organizations/AA/invitations/BB?x",
    ] {
        let error = calendly.revoke_invitation(&format!("{host}{rest}")).await.unwrap_err();
        assert!(matches!(&error.kind, ErrorKind::BadName { .. }), "{rest}: {error:?}");
    }
    assert!(fake.requests().is_empty());
}

#[tokio::test]
async fn a_removal_is_sent_once_and_its_refusals_are_distinguished() {
    let uri = "https://api.calendly.com/organization_memberships/AA";
    let owner = "You can not change owner role";
    let limited = answer("429 Too Many Requests", "X-RateLimit-Reset: 1\r\n", b"");
    let gone = refused("404 Not Found", "Resource Not Found", "no such membership");
    let cases: [(Vec<Vec<u8>>, IsExpected, bool); 6] = [
        (
            vec![refused("403 Forbidden", "Permission Denied", owner)],
            |error| matches!(&error.kind, ErrorKind::Forbidden { message, .. } if message.contains("owner")),
            false,
        ),
        (
            vec![refused("401 Unauthorized", "Unauthenticated", "The access token is invalid")],
            |error| matches!(&error.kind, ErrorKind::Unauthorized { .. }),
            false,
        ),
        (vec![limited, gone], |error| matches!(&error.kind, ErrorKind::NotFound { .. }), false),
        (
            vec![refused("400 Bad Request", "Invitation Already Accepted", "accepted")],
            |error| matches!(&error.kind, ErrorKind::Refused { status: 400, .. }),
            false,
        ),
        (
            vec![refused("500 Internal Server Error", "Internal Server Error", "no")],
            |error| matches!(&error.kind, ErrorKind::Server { .. }),
            true,
        ),
        (vec![Vec::new()], |error| matches!(&error.kind, ErrorKind::Network { .. }), true),
    ];
    for (answers, is_expected, may_have_arrived) in cases {
        let expected = answers.len();
        let again = answer("204 No Content", "", b"");
        let fake = Fake::start([answers, vec![again]].concat());
        let error = client(&fake).remove_membership(uri).await.unwrap_err();
        assert!(is_expected(&error), "{error:?}");
        assert_eq!(error.may_have_arrived(), may_have_arrived, "{error:?}");
        assert_eq!(fake.requests().len(), expected, "{error:?}");
    }
}
