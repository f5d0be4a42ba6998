//! What the device keeps, told and thrown away.

use bella_keep::Record;
use bella_protocol::{Kept, Outcome};
use web_sys::AbortController;

use super::shelf::Shelf;
use super::tabs::{Hold, Lock};

/// Where nothing can be kept, nothing is.
pub(super) async fn kept() -> Outcome {
    let records = match Shelf::open().await {
        Ok(shelf) => shelf.records().await.unwrap_or_default(),
        Err(_) => Vec::new(),
    };
    let described = |record: &Record| Kept {
        model: record.model.clone(),
        held_bytes: record.held_bytes(),
        total_bytes: record.total_bytes(),
        complete: record.committed,
    };
    Outcome::Kept(records.iter().map(described).collect())
}

/// Waits for whoever is fetching or reading it.
pub(super) async fn forget(model: String) -> Outcome {
    if let (Ok(shelf), Ok(never)) = (Shelf::open().await, AbortController::new()) {
        let _lock = Lock::take(&model, Hold::Alone, &never.signal()).await;
        let _ = shelf.forget(&model).await;
    }
    kept().await
}
