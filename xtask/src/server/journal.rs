//! What the server was asked and what it sent.

use std::sync::{Mutex, MutexGuard, PoisonError};

/// One request and its answer so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Exchange {
    pub method: String,
    /// As sent, with the query.
    pub path: String,
    pub range: Option<String>,
    pub if_range: Option<String>,
    pub authorization: Option<String>,
    pub status: u16,
    /// Bytes of content handed to the connection.
    pub sent: u64,
    /// Nothing more will be sent.
    pub ended: bool,
}

#[derive(Debug, Default)]
pub struct Journal {
    exchanges: Option<Mutex<Vec<Exchange>>>,
}

impl Journal {
    pub(super) fn keeping() -> Self {
        Self { exchanges: Some(Mutex::default()) }
    }

    pub fn exchanges(&self) -> Vec<Exchange> {
        self.lock().map(|list| list.clone()).unwrap_or_default()
    }

    /// Those for one path.
    pub fn of(&self, path: &str) -> Vec<Exchange> {
        self.exchanges().into_iter().filter(|exchange| exchange.path == path).collect()
    }

    /// All bytes of content sent.
    pub fn bytes_sent(&self) -> u64 {
        self.exchanges().iter().map(|exchange| exchange.sent).sum()
    }

    pub(super) fn begin(&self, exchange: Exchange) -> Ticket {
        let index = self.lock().map(|mut list| {
            list.push(exchange);
            list.len() - 1
        });
        Ticket(index)
    }

    pub(super) fn update(&self, ticket: Ticket, change: impl FnOnce(&mut Exchange)) {
        if let (Some(mut list), Some(index)) = (self.lock(), ticket.0)
            && let Some(exchange) = list.get_mut(index)
        {
            change(exchange);
        }
    }

    /// How many requests for this path are written down.
    pub(super) fn count(&self, path: &str) -> usize {
        self.lock().map_or(0, |list| list.iter().filter(|exchange| exchange.path == path).count())
    }

    fn lock(&self) -> Option<MutexGuard<'_, Vec<Exchange>>> {
        let exchanges = self.exchanges.as_ref()?;
        Some(exchanges.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

/// Which exchange, where any are kept.
#[derive(Clone, Copy, Debug)]
pub(super) struct Ticket(Option<usize>);
