//! The beginning of Calendly.

use sandbox::{Calendly, CalendlyToken, CalendlyUser, Sandbox, Service, World};

use crate::http::send;

fn world() -> World {
    let user = CalendlyUser {
        uri: "https://api.calendly.com/users/U1".to_owned(),
        name: "Ada Example".to_owned(),
        email: "ada@example.com".to_owned(),
        slug: "ada-example".to_owned(),
        timezone: "Europe/Berlin".to_owned(),
    };
    let token = CalendlyToken { value: "secret".to_owned(), user: user.email.clone() };
    World {
        calendly: Calendly {
            organization: "https://api.calendly.com/organizations/O1".to_owned(),
            users: vec![user],
            tokens: vec![token],
        },
        ..World::empty()
    }
}

#[test]
fn me_is_the_owner_of_the_token() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(world())?;
    let bearer = [("Authorization", "Bearer secret")];
    let seen = send(&sandbox.calendly_url(), "GET", "/users/me", &bearer)?;
    assert_eq!(seen.status, 200);
    assert_eq!(seen.header("content-type"), "application/json");
    let me = &seen.json()?["resource"];
    assert_eq!(me["uri"], "https://api.calendly.com/users/U1");
    assert_eq!(me["email"], "ada@example.com");
    assert_eq!(me["scheduling_url"], "https://calendly.com/ada-example");
    assert_eq!(me["current_organization"], "https://api.calendly.com/organizations/O1");
    let requests = sandbox.requests();
    let services: Vec<Service> = requests.iter().map(|request| request.service).collect();
    assert_eq!(services, [Service::Calendly]);
    Ok(())
}

#[test]
fn refusals_have_calendlys_shape_and_limits() -> anyhow::Result<()> {
    let sandbox = Sandbox::start(world())?;
    let invalid = ("Unauthenticated", "The access token is invalid");
    let missing = ("Resource Not Found", "The server could not find the requested resource.");
    for (path, headers, status, (title, message)) in [
        ("/users/me", &[][..], 401, invalid),
        ("/users/me", &[("Authorization", "Bearer nope")], 401, invalid),
        ("/users/me", &[("PRIVATE-TOKEN", "secret")], 401, invalid),
        ("/nope", &[("Authorization", "Bearer secret")], 404, missing),
        ("/api/v4/user", &[("Authorization", "Bearer secret")], 404, missing),
    ] {
        let seen = send(&sandbox.calendly_url(), "GET", path, headers)?;
        assert_eq!(seen.status, status, "{path} {headers:?}");
        assert_eq!(seen.json()?, serde_json::json!({"title": title, "message": message}));
        for (name, value) in [("limit", "500"), ("remaining", "499"), ("reset", "60")] {
            assert_eq!(seen.header(&format!("x-ratelimit-{name}")), value);
        }
    }
    Ok(())
}
