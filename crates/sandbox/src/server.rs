//! From HTTP to [`Request`], from [`Reply`] to HTTP, and the faults between.

use std::{
    net::{Ipv4Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

use anyhow::Context as _;
use axum::{
    Router,
    body::{Body, to_bytes},
    extract::{ConnectInfo, State},
    http::{HeaderName, HeaderValue, StatusCode},
    response::Response,
};
use jiff::fmt::rfc2822::DateTimePrinter;
use tokio::{runtime, sync::oneshot};

use crate::{
    calendly,
    fault::{self, Fault, FaultKind},
    gitlab,
    hook::{self, Hook},
    notification::Notification,
    reply::Reply,
    request::{Request, Service},
    valve::{Port, Valve},
    world::World,
};

/// A running sandbox: a GitLab and a Calendly, each on its own port of `127.0.0.1`.
///
/// It runs in a thread of its own. Dropping it stops it and cuts open connections.
#[derive(Debug)]
pub struct Sandbox {
    gitlab: SocketAddr,
    calendly: SocketAddr,
    shared: Shared,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

type Shared = Arc<Mutex<Inner>>;

#[derive(Debug)]
struct Inner {
    world: World,
    requests: Vec<Request>,
    faults: Vec<Fault>,
    hooks: Vec<Hook>,
}

#[derive(Clone, Debug)]
struct Endpoint {
    service: Service,
    shared: Shared,
}

impl Sandbox {
    /// Serves the world on two free ports; both accept connections when this returns.
    ///
    /// # Errors
    ///
    /// The system gives no port or no thread.
    pub fn start(world: World) -> anyhow::Result<Self> {
        let runtime = runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("starting the sandbox's runtime")?;
        let inner = Inner { world, requests: Vec::new(), faults: Vec::new(), hooks: Vec::new() };
        let shared = Arc::new(Mutex::new(inner));
        let runtime_context = runtime.enter();
        let (gitlab, gitlab_port) = open().context("opening a port for GitLab")?;
        let (calendly, calendly_port) = open().context("opening a port for Calendly")?;
        drop(runtime_context);
        let (stop, stopped) = oneshot::channel();
        let gitlab_endpoint = Endpoint { service: Service::GitLab, shared: shared.clone() };
        let calendly_endpoint = Endpoint { service: Service::Calendly, shared: shared.clone() };
        let serve_both = async move {
            tokio::select! {
                () = serve(gitlab_port, gitlab_endpoint) => {}
                () = serve(calendly_port, calendly_endpoint) => {}
                _ = stopped => {}
            }
        };
        let thread = std::thread::Builder::new()
            .name("sandbox".to_owned())
            .spawn(move || runtime.block_on(serve_both))
            .context("starting the sandbox's thread")?;
        Ok(Self { gitlab, calendly, shared, stop: Some(stop), thread: Some(thread) })
    }

    /// The base address of GitLab, without `/api/v4` and without a final slash.
    pub fn gitlab_url(&self) -> String {
        format!("http://{}", self.gitlab)
    }

    /// The base address of Calendly, without a final slash.
    pub fn calendly_url(&self) -> String {
        format!("http://{}", self.calendly)
    }

    /// Every request received by either service, in order.
    pub fn requests(&self) -> Vec<Request> {
        lock(&self.shared).requests.clone()
    }

    /// The requests other than `GET` and `HEAD`, in order, also those that were refused or met a
    /// fault.
    pub fn writes(&self) -> Vec<Request> {
        let inner = lock(&self.shared);
        inner.requests.iter().filter(|request| request.is_write()).cloned().collect()
    }

    /// Changes the world between two requests, or looks into it.
    pub fn update<T>(&self, change: impl FnOnce(&mut World) -> T) -> T {
        change(&mut lock(&self.shared).world)
    }

    /// Adds a fault after those that were injected before.
    pub fn inject(&self, fault: Fault) {
        lock(&self.shared).faults.push(fault);
    }

    /// Changes the world once, just before the next request of the method, in capitals, whose
    /// path and query contain the text: what somebody else does between two of our requests. It
    /// comes before any fault that the request meets.
    pub fn before(
        &self,
        path_contains: &str,
        method: &str,
        change: impl FnOnce(&mut World) + Send + 'static,
    ) {
        lock(&self.shared).hooks.push(Hook::new(path_contains, method, change));
    }

    /// The mails and to-do items that were sent so far, in order.
    pub fn notifications(&self) -> Vec<Notification> {
        lock(&self.shared).world.notifications().to_vec()
    }
}

impl Drop for Sandbox {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A panic of the thread was already printed where it happened.
            drop(thread.join());
        }
    }
}

fn lock(shared: &Shared) -> MutexGuard<'_, Inner> {
    shared.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Opens a free port; needs the runtime's context.
fn open() -> anyhow::Result<(SocketAddr, Port)> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
    listener.set_nonblocking(true)?;
    Ok((listener.local_addr()?, Port(tokio::net::TcpListener::from_std(listener)?)))
}

async fn serve(port: Port, endpoint: Endpoint) {
    let service = Router::new().fallback(handle).with_state(endpoint);
    // It never ends, so there is no error to report.
    drop(axum::serve(port, service.into_make_service_with_connect_info::<Valve>()).await);
}

async fn handle(
    State(endpoint): State<Endpoint>,
    ConnectInfo(valve): ConnectInfo<Valve>,
    request: axum::extract::Request,
) -> Response {
    let request = receive(endpoint.service, request).await;
    let fault = {
        let mut inner = lock(&endpoint.shared);
        inner.requests.push(request.clone());
        let change = hook::take(&mut inner.hooks, &request);
        if let Some(change) = change {
            change(&mut inner.world);
        }
        fault::take(&mut inner.faults, &request)
    };
    let reply = match fault {
        None => endpoint.answer(&request),
        Some(FaultKind::Answer(answer)) => answer.into(),
        Some(FaultKind::AnswerAfter(answer)) => {
            drop(endpoint.answer(&request));
            answer.into()
        }
        Some(FaultKind::Redirect { status, location }) => {
            Reply::bytes(status, "text/plain", "").with("location", location)
        }
        Some(FaultKind::CutBefore) => {
            valve.shut();
            Reply::bytes(500, "text/plain", "")
        }
        Some(FaultKind::CutAfter) => {
            valve.shut();
            endpoint.answer(&request)
        }
        Some(FaultKind::Slow(delay)) => {
            tokio::time::sleep(delay).await;
            endpoint.answer(&request)
        }
        Some(FaultKind::Truncate(bytes)) => {
            valve.shut_after(bytes);
            endpoint.answer(&request)
        }
        Some(FaultKind::ContentType(kind)) => {
            let mut reply = endpoint.answer(&request);
            reply.headers.retain(|(name, _)| name != "content-type");
            reply.with("content-type", kind)
        }
        Some(FaultKind::WrongSha256) => with_wrong_sha256(endpoint.answer(&request)),
        Some(FaultKind::NoPaging) => without_paging(endpoint.answer(&request)),
        Some(FaultKind::LinkOrigin(origin)) => {
            with_link_origin(endpoint.answer(&request), &request.origin(), &origin)
        }
        Some(FaultKind::Date(date)) => endpoint.answer(&request).with("date", date),
    };
    send(endpoint.dated(reply))
}

impl Endpoint {
    fn answer(&self, request: &Request) -> Reply {
        let world = &mut lock(&self.shared).world;
        match self.service {
            Service::GitLab => gitlab::answer(world, request),
            Service::Calendly => calendly::answer(world, request),
        }
    }

    /// Adds the world's clock as `Date`; otherwise the HTTP library uses the system's clock.
    fn dated(&self, reply: Reply) -> Reply {
        if reply.header("date").is_some() {
            return reply;
        }
        let now = lock(&self.shared).world.now;
        match DateTimePrinter::new().timestamp_to_rfc9110_string(&now) {
            Ok(date) => reply.with("date", date),
            Err(_) => reply,
        }
    }
}

/// The headers that say where a list goes on or how long it is.
const PAGING: &[&str] = &[
    "link",
    "x-next-cursor",
    "x-next-page",
    "x-page",
    "x-per-page",
    "x-prev-page",
    "x-total",
    "x-total-pages",
];

fn without_paging(mut reply: Reply) -> Reply {
    reply.headers.retain(|(name, _)| !PAGING.contains(&name.as_str()));
    reply
}

fn with_link_origin(mut reply: Reply, from: &str, to: &str) -> Reply {
    for (name, value) in &mut reply.headers {
        if name == "link" {
            *value = value.replace(&format!("<{from}/"), &format!("<{to}/"));
        }
    }
    reply
}

fn with_wrong_sha256(mut reply: Reply) -> Reply {
    for (name, value) in &mut reply.headers {
        if name == "x-gitlab-content-sha256" {
            *value = "0".repeat(64);
        }
    }
    reply
}

async fn receive(service: Service, request: axum::extract::Request) -> Request {
    let (head, body) = request.into_parts();
    let path = head.uri.path_and_query().map_or("/", |path| path.as_str()).to_owned();
    let mut headers = Vec::new();
    for (name, value) in &head.headers {
        let value = String::from_utf8_lossy(value.as_bytes()).into_owned();
        headers.push((name.to_string(), value));
    }
    let body = to_bytes(body, usize::MAX).await.unwrap_or_default().to_vec();
    Request { service, method: head.method.to_string(), path, headers, body }
}

fn send(reply: Reply) -> Response {
    let mut response = Response::new(Body::from(reply.body));
    *response.status_mut() =
        StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    for (name, value) in &reply.headers {
        let name = HeaderName::from_bytes(name.as_bytes());
        let value = HeaderValue::from_bytes(value.as_bytes());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.headers_mut().append(name, value);
        }
    }
    response
}
