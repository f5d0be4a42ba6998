//! A file on its way out, piece by piece.

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::mpsc;

use super::fault::Fault;
use super::journal::{Journal, Ticket};

/// Large enough that a gigabyte costs few wake-ups, small enough that a dozen
/// transfers fit in any memory.
const PIECE: u64 = 256 * 1024;

/// How often a slowed-down transfer sends something.
const SLOW_TICK: Duration = Duration::from_millis(20);

#[derive(Debug)]
pub(super) enum FileBody {
    Text(Option<Bytes>),
    File { pieces: mpsc::Receiver<io::Result<Bytes>>, left: u64 },
}

impl FileBody {
    pub(super) fn empty() -> Self {
        FileBody::Text(None)
    }

    pub(super) fn text(text: &'static str) -> Self {
        FileBody::Text(Some(Bytes::from_static(text.as_bytes())))
    }

    /// Reads on a thread of its own: a file read blocks, and the connections
    /// share one thread.
    pub(super) fn file(
        file: File,
        range: Range<u64>,
        fault: Fault,
        journal: Arc<Journal>,
        ticket: Ticket,
    ) -> Self {
        let (sender, pieces) = mpsc::channel(2);
        let left = range.end - range.start;
        tokio::task::spawn_blocking(move || {
            if let Err(error) = pump(file, range, &fault, &sender, |count| {
                journal.update(ticket, |exchange| exchange.sent += count);
            }) {
                let _ = sender.blocking_send(Err(error));
            }
            journal.update(ticket, |exchange| exchange.ended = true);
        });
        FileBody::File { pieces, left }
    }
}

fn pump(
    mut file: File,
    range: Range<u64>,
    fault: &Fault,
    sender: &mpsc::Sender<io::Result<Bytes>>,
    mut sent: impl FnMut(u64),
) -> io::Result<()> {
    file.seek(SeekFrom::Start(range.start))?;
    let cut = fault.cut_after.map_or(range.end, |count| range.start.saturating_add(count));
    let piece = match fault.bytes_per_second {
        Some(rate) => (rate * SLOW_TICK.as_millis() as u64 / 1000).clamp(1, PIECE),
        None => PIECE,
    };
    let mut at = range.start;
    while at < range.end.min(cut) {
        let count = piece.min(range.end.min(cut) - at);
        // `count` is at most PIECE, so it fits any usize.
        let mut bytes = vec![0; count as usize];
        file.read_exact(&mut bytes)?;
        if let Some(place) = fault.flip_at.filter(|place| (at..at + count).contains(place)) {
            bytes[(place - at) as usize] ^= 1;
        }
        if fault.bytes_per_second.is_some() {
            std::thread::sleep(SLOW_TICK);
        }
        if sender.blocking_send(Ok(bytes.into())).is_err() {
            return Ok(()); // The other side has gone.
        }
        sent(count);
        at += count;
    }
    if at < range.end {
        // What came before the break is to arrive: it is flushed while we sleep.
        std::thread::sleep(SLOW_TICK);
        return Err(io::Error::new(io::ErrorKind::ConnectionReset, "cut on purpose"));
    }
    Ok(())
}

impl Body for FileBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<io::Result<Frame<Bytes>>>> {
        match &mut *self {
            FileBody::Text(text) => Poll::Ready(text.take().map(|text| Ok(Frame::data(text)))),
            FileBody::File { pieces, left } => pieces.poll_recv(context).map(|piece| {
                piece.map(|piece| {
                    piece.map(|bytes| {
                        *left = left.saturating_sub(bytes.len() as u64);
                        Frame::data(bytes)
                    })
                })
            }),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match self {
            FileBody::Text(text) => {
                SizeHint::with_exact(text.as_ref().map_or(0, |text| text.len() as u64))
            }
            FileBody::File { left, .. } => SizeHint::with_exact(*left),
        }
    }
}
