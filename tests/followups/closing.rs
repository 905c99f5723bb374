//! What becomes of threads when their findings are closed.
