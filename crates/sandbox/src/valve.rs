//! Cutting a connection at a chosen byte, which an HTTP library does not let a handler do.

use std::{
    io,
    net::SocketAddr,
    pin::Pin,
    sync::{Arc, Mutex, PoisonError},
    task::{Context, Poll},
};

use axum::{
    extract::connect_info::Connected,
    serve::{IncomingStream, Listener},
};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    net::{TcpListener, TcpStream},
};

/// What a connection may still send.
#[derive(Clone, Copy, Debug, Default)]
enum Flow {
    #[default]
    Free,
    /// The head of the next answer and so many bytes of its body.
    Head(usize),
    /// So many bytes, after which the connection is cut.
    Bytes(usize),
}

/// The handle by which a request's handler limits what its own connection sends.
#[derive(Clone, Debug, Default)]
pub(crate) struct Valve(Arc<Mutex<Flow>>);

impl Valve {
    /// Nothing is sent any more: the client sees the connection end without an answer.
    pub(crate) fn shut(&self) {
        self.set(Flow::Bytes(0));
    }

    /// Of the answer, the head and the first `bytes` of the body are sent.
    pub(crate) fn shut_after(&self, bytes: usize) {
        self.set(Flow::Head(bytes));
    }

    fn set(&self, flow: Flow) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = flow;
    }

    /// How much of the data may be sent now; `None` once the flow is over.
    fn allowance(&self, data: &[u8]) -> Option<usize> {
        let mut flow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Flow::Head(body) = *flow {
            let head = data.windows(4).position(|four| four == b"\r\n\r\n");
            *flow = Flow::Bytes(head.map_or(0, |end| end + 4 + body));
        }
        match *flow {
            Flow::Bytes(0) => None,
            Flow::Bytes(left) => Some(left.min(data.len())),
            Flow::Free | Flow::Head(_) => Some(data.len()),
        }
    }

    fn sent(&self, bytes: usize) {
        let mut flow = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Flow::Bytes(left) = &mut *flow {
            *left = left.saturating_sub(bytes);
        }
    }
}

/// A listener whose connections each have a valve, given as their address.
#[derive(Debug)]
pub(crate) struct Port(pub(crate) TcpListener);

impl Listener for Port {
    type Io = Pipe;
    type Addr = Valve;

    async fn accept(&mut self) -> (Pipe, Valve) {
        let (stream, _): (TcpStream, SocketAddr) = Listener::accept(&mut self.0).await;
        let valve = Valve::default();
        (Pipe { stream, valve: valve.clone() }, valve)
    }

    fn local_addr(&self) -> io::Result<Valve> {
        Ok(Valve::default())
    }
}

impl Connected<IncomingStream<'_, Port>> for Valve {
    fn connect_info(stream: IncomingStream<'_, Port>) -> Self {
        stream.remote_addr().clone()
    }
}

/// A connection behind its valve.
#[derive(Debug)]
pub(crate) struct Pipe {
    stream: TcpStream,
    valve: Valve,
}

impl AsyncRead for Pipe {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl AsyncWrite for Pipe {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        data: &[u8],
    ) -> Poll<io::Result<usize>> {
        let allowed = self.valve.allowance(data).and_then(|length| data.get(..length));
        let Some(allowed) = allowed else {
            return Poll::Ready(Err(io::ErrorKind::ConnectionAborted.into()));
        };
        let written = Pin::new(&mut self.stream).poll_write(context, allowed);
        if let Poll::Ready(Ok(bytes)) = written {
            self.valve.sent(bytes);
        }
        written
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}
