//! Bytes on their way to the engine, from the network or from the device.

use js_sys::Uint8Array;

use super::download::Download;

/// The most that is handed over at once: computing a hash of it takes a moment in
/// which nothing else is heard.
const PIECE: u32 = 512 << 10;

/// Where bytes come from, and what has come and was not taken yet.
pub(super) struct Source {
    download: Option<Download>,
    arrived: Option<Uint8Array>,
    /// How much of it was copied out.
    copied: u32,
    piece: Vec<u8>,
    /// How much of the piece was taken.
    taken: usize,
}

impl Source {
    pub(super) fn empty() -> Self {
        Self { download: None, arrived: None, copied: 0, piece: Vec::new(), taken: 0 }
    }

    pub(super) fn is_network(&self) -> bool {
        self.download.is_some()
    }

    pub(super) fn turn_to_download(&mut self, download: Download) {
        *self = Self { download: Some(download), ..Self::empty() };
    }

    pub(super) fn turn_to_chunk(&mut self, chunk: Uint8Array) {
        *self = Self { arrived: Some(chunk), ..Self::empty() };
    }

    /// The next bytes; none when there are no more.
    pub(super) async fn fill(&mut self) -> Result<&[u8], String> {
        while self.taken == self.piece.len() {
            if !self.copy_on() {
                let next = match &self.download {
                    Some(download) => download.next().await?,
                    None => None,
                };
                let Some(next) = next else { return Ok(&[]) };
                self.arrived = Some(next);
                self.copied = 0;
            }
        }
        Ok(&self.piece[self.taken..])
    }

    pub(super) fn take(&mut self, count: usize) {
        self.taken = (self.taken + count).min(self.piece.len());
    }

    /// Copies the next piece of what has arrived.
    fn copy_on(&mut self) -> bool {
        let Some(arrived) = &self.arrived else { return false };
        let end = arrived.length().min(self.copied + PIECE);
        if end == self.copied {
            self.arrived = None;
            return false;
        }
        self.piece.resize((end - self.copied) as usize, 0);
        arrived.subarray(self.copied, end).copy_to(&mut self.piece);
        (self.copied, self.taken) = (end, 0);
        true
    }
}
