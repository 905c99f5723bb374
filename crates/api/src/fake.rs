//! A server on this machine with prepared answers, for tests.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// A request as it arrived.
#[derive(Debug, Clone)]
pub(crate) struct Received {
    head: String,
    body: String,
}

impl Received {
    /// The method.
    pub(crate) fn method(&self) -> &str {
        self.head.split(' ').next().unwrap()
    }

    /// The path and query of the request line.
    pub(crate) fn path(&self) -> String {
        self.head.split(' ').nth(1).unwrap().to_owned()
    }

    /// The value of a parameter of the query, as it was sent.
    pub(crate) fn parameter(&self, name: &str) -> Option<String> {
        let path = self.path();
        let (_, query) = path.split_once('?')?;
        let pair = |pair: &str| Some(pair.strip_prefix(name)?.strip_prefix('=')?.to_owned());
        query.split('&').find_map(pair)
    }

    /// The value of a header.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head
            .lines()
            .filter_map(|line| line.split_once(": "))
            .find_map(|(found, value)| found.eq_ignore_ascii_case(name).then_some(value))
    }

    /// The body, of the length that the head names.
    pub(crate) fn body(&self) -> &str {
        &self.body
    }
}

/// A server that gives one answer on each connection and then hangs up.
pub(crate) struct Fake {
    port: u16,
    requests: Arc<Mutex<Vec<Received>>>,
}

impl Fake {
    /// Starts a server that gives these answers in turn, each the raw bytes of an HTTP answer.
    pub(crate) fn start(answers: Vec<Vec<u8>>) -> Self {
        let mut answers = answers.into_iter();
        Self::serve(move |mut stream, _| {
            if let Some(answer) = answers.next() {
                // The client may have hung up on purpose.
                drop(stream.write_all(&answer));
            }
        })
    }

    /// Starts a server that reads requests and neither answers nor hangs up.
    pub(crate) fn mute() -> Self {
        let mut streams = Vec::new();
        Self::serve(move |stream, _| streams.push(stream))
    }

    /// Starts a server that answers the first request of a connection and keeps it open, then
    /// reads the second one and hangs up.
    pub(crate) fn tired() -> Self {
        Self::serve(|mut stream, log| {
            stream.write_all(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}").unwrap();
            log.lock().unwrap().push(request(&mut stream));
        })
    }

    /// Starts a server that computes its answers and gives several at once; it answers each
    /// connection once and then hangs up.
    pub(crate) fn respond(answer: impl Fn(&Received) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let answer = Arc::new(answer);
        Self::serve(move |mut stream, log| {
            let received = log.lock().unwrap().last().unwrap().clone();
            let answer = Arc::clone(&answer);
            // The client may have hung up on purpose.
            thread::spawn(move || drop(stream.write_all(&answer(&received))));
        })
    }

    fn serve(mut answer: impl FnMut(TcpStream, &Mutex<Vec<Received>>) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let requests = Arc::new(Mutex::new(Vec::new()));
        let log = Arc::clone(&requests);
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = request(&mut stream);
                log.lock().unwrap().push(request);
                answer(stream, &log);
            }
        });
        Self { port, requests }
    }

    /// The base URL of the server.
    pub(crate) fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// The requests so far.
    pub(crate) fn requests(&self) -> Vec<Received> {
        self.requests.lock().unwrap().clone()
    }
}

fn request(stream: &mut TcpStream) -> Received {
    let mut head = Vec::new();
    let mut byte = [0];
    while !head.ends_with(b"\r\n\r\n") && stream.read(&mut byte).unwrap() == 1 {
        head.push(byte[0]);
    }
    let mut request = Received { head: String::from_utf8(head).unwrap(), body: String::new() };
    let length = request.header("content-length").map_or(0, |length| length.parse().unwrap());
    let mut body = vec![0; length];
    stream.read_exact(&mut body).unwrap();
    request.body = String::from_utf8(body).unwrap();
    request
}

/// An answer with this status line end, these header lines and this body.
pub(crate) fn answer(status: &str, headers: &str, body: &[u8]) -> Vec<u8> {
    let length = body.len();
    let mut answer = format!(
        "HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n"
    )
    .into_bytes();
    answer.extend_from_slice(body);
    answer
}

/// The only page of a list, with these items as JSON.
pub(crate) fn only_page(items: &str) -> Vec<u8> {
    json("X-Next-Page: \r\n", &format!("[{items}]"))
}

/// A 200 with this JSON.
pub(crate) fn json(headers: &str, body: &str) -> Vec<u8> {
    answer("200 OK", &format!("Content-Type: application/json\r\n{headers}"), body.as_bytes())
}
