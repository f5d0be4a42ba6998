//! The conversation in the browser's database, entry by entry.
//!
//! Each change is one transaction that first looks at the state: if that is not the
//! one the change was made for, another tab was faster, and nothing is written. So two
//! tabs never give the same id, a change of the passphrase never leaves an entry under
//! the old one, and a tab that dies in the middle of anything has changed nothing.
//!
//! A transaction lives on while a task waits for one of its own requests, and for
//! nothing else: this build has one thread, where a task that waits goes on in the
//! very turn in which its request was answered.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbKeyRange, IdbObjectStore, IdbTransaction, IdbTransactionMode};

use crate::browser::database::{self, Thrown, over, result};
use crate::history::state::{State, Stored, Unreadable};

const DATABASE: &str = "bella-history";
const VERSION: u32 = 1;
/// Under their ids: a text as JSON, or sealed bytes.
const ENTRIES: &str = "entries";
const META: &str = "meta";
/// The one thing in there.
const STATE: &str = "state";

/// So many are put before the page has its turn again.
const AT_ONCE: usize = 500;

/// Why something was not kept or not read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    #[error("there is no room")]
    Full,
    #[error("{detail}")]
    Refused { detail: String },
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Another tab changed it first.
    #[error("it was changed meanwhile")]
    Crossed,
}

impl From<Thrown> for StoreError {
    fn from(thrown: Thrown) -> Self {
        if thrown.is_full() { Self::Full } else { Self::Refused { detail: thrown.detail } }
    }
}

impl From<JsValue> for StoreError {
    fn from(thrown: JsValue) -> Self {
        Thrown::from(thrown).into()
    }
}

#[derive(Debug)]
pub struct HistoryStore {
    database: IdbDatabase,
}

impl HistoryStore {
    pub async fn open() -> Result<Self, StoreError> {
        Ok(Self { database: database::open(DATABASE, VERSION, &[ENTRIES, META]).await? })
    }

    pub async fn state(&self) -> Result<State, StoreError> {
        let look = self.database.transaction_with_str(META)?;
        state_in(&look).await
    }

    /// What is kept from an id on and before another, in their order.
    pub async fn range(&self, from: u64, before: u64) -> Result<Vec<(u64, Stored)>, StoreError> {
        if from >= before {
            return Ok(Vec::new());
        }
        let range = IdbKeyRange::bound_with_lower_open_and_upper_open(
            &key(from),
            &key(before),
            false,
            true,
        )?;
        let look = self.database.transaction_with_str(ENTRIES)?;
        let entries = look.object_store(ENTRIES)?;
        let (ids, values) =
            (entries.get_all_keys_with_key(&range)?, entries.get_all_with_key(&range)?);
        let ids = Array::from(&result(&ids).await?);
        let values = Array::from(&result(&values).await?);
        let pairs = ids.iter().zip(values.iter());
        Ok(pairs.filter_map(|(id, value)| Some((id_of(&id)?, stored(&value)))).collect())
    }

    /// Takes ids for entries to come. What a tab that dies does not use is left out.
    pub async fn reserve(&self, count: usize) -> Result<(State, u64), StoreError> {
        let change = self.change()?;
        let mut state = state_in(&change).await?;
        let first = state.next_id;
        state.next_id = state.next_id.saturating_add(count as u64);
        let done = put_state(&change, &state);
        all_or_nothing(&change, done).await?;
        Ok((state, first))
    }

    /// Adds entries under ids that were reserved, as sealed as everything else is.
    pub async fn append(
        &self,
        generation: u64,
        entries: &[(u64, Stored)],
    ) -> Result<(), StoreError> {
        let change = self.change_of(|state| state.generation == generation).await?;
        let add = |store: IdbObjectStore| {
            let mut entries = entries.iter();
            entries.try_for_each(|(id, it)| store.add_with_key(&value(it), &key(*id)).map(drop))
        };
        let done = change.object_store(ENTRIES).and_then(add).map_err(StoreError::from);
        all_or_nothing(&change, done).await
    }

    /// Puts these in the place of everything there was: all of it, or nothing.
    pub async fn replace(
        &self,
        before: &State,
        after: &State,
        entries: &[(u64, Stored)],
    ) -> Result<(), StoreError> {
        let change = self.change_of(|state| state == before).await?;
        let done = replace_in(&change, after, entries).await;
        all_or_nothing(&change, done).await
    }

    pub async fn delete(
        &self,
        before: &State,
        after: &State,
        ids: &[u64],
    ) -> Result<(), StoreError> {
        let change = self.change_of(|state| state == before).await?;
        let delete =
            |store: IdbObjectStore| ids.iter().try_for_each(|id| store.delete(&key(*id)).map(drop));
        let done = change.object_store(ENTRIES).and_then(delete).map_err(StoreError::from);
        let done = done.and_then(|()| put_state(&change, after));
        all_or_nothing(&change, done).await
    }

    /// Throws everything away, whatever it is, and whoever was faster.
    pub async fn clear(&self, after: impl FnOnce(State) -> State) -> Result<State, StoreError> {
        let change = self.change()?;
        let before = match state_in(&change).await {
            Ok(state) => state,
            Err(StoreError::Unreadable(_)) => State::default(),
            Err(why) => return Err(why),
        };
        let after = after(before);
        let done = replace_in(&change, &after, &[]).await;
        all_or_nothing(&change, done).await?;
        Ok(after)
    }

    /// A transaction that goes on only if the state is what is expected.
    async fn change_of(
        &self,
        is_expected: impl FnOnce(&State) -> bool,
    ) -> Result<IdbTransaction, StoreError> {
        let change = self.change()?;
        if is_expected(&state_in(&change).await?) {
            return Ok(change);
        }
        change.abort()?;
        Err(StoreError::Crossed)
    }

    fn change(&self) -> Result<IdbTransaction, StoreError> {
        let stores = Array::of2(&ENTRIES.into(), &META.into());
        let mode = IdbTransactionMode::Readwrite;
        Ok(self.database.transaction_with_str_sequence_and_mode(&stores, mode)?)
    }
}

impl Drop for HistoryStore {
    fn drop(&mut self) {
        self.database.close();
    }
}

async fn state_in(change: &IdbTransaction) -> Result<State, StoreError> {
    let found = result(&change.object_store(META)?.get(&STATE.into())?).await?;
    if found.is_undefined() {
        return Ok(State::default());
    }
    let json = found.as_string().ok_or(Unreadable::Damaged)?;
    Ok(State::read(&json)?)
}

/// Waits until a transaction is over. Left to itself after something in it failed, it
/// would keep the part that did not.
async fn all_or_nothing(
    change: &IdbTransaction,
    done: Result<(), StoreError>,
) -> Result<(), StoreError> {
    let Err(why) = done else { return Ok(over(change).await?) };
    // The browser may have ended it by itself; then it knows best why.
    let known = change.error().map(|error| Thrown::from(JsValue::from(error)).into());
    let _ = change.abort();
    Err(known.unwrap_or(why))
}

async fn replace_in(
    change: &IdbTransaction,
    after: &State,
    entries: &[(u64, Stored)],
) -> Result<(), StoreError> {
    let store = change.object_store(ENTRIES)?;
    store.clear()?;
    for some in entries.chunks(AT_ONCE) {
        put_some(&store, some).await?;
    }
    put_state(change, after)
}

fn put_state(change: &IdbTransaction, state: &State) -> Result<(), StoreError> {
    change.object_store(META)?.put_with_key(&state.write().into(), &STATE.into())?;
    Ok(())
}

/// Waits for the last of them: a transaction does one thing after another.
async fn put_some(store: &IdbObjectStore, some: &[(u64, Stored)]) -> Result<(), StoreError> {
    let mut last = None;
    for (id, stored) in some {
        last = Some(store.put_with_key(&value(stored), &key(*id))?);
    }
    if let Some(last) = last {
        result(&last).await?;
    }
    Ok(())
}

/// Ids stay below what a number of the browser holds exactly.
fn key(id: u64) -> JsValue {
    (id as f64).into()
}

fn id_of(key: &JsValue) -> Option<u64> {
    let id = key.as_f64().filter(|id| id.fract() == 0.0 && *id >= 0.0)?;
    Some(id as u64)
}

fn value(stored: &Stored) -> JsValue {
    match stored {
        Stored::Open(json) => json.into(),
        Stored::Sealed(bytes) => Uint8Array::from(bytes.as_slice()).into(),
    }
}

/// What nobody put there opens as nothing.
fn stored(value: &JsValue) -> Stored {
    match (value.as_string(), value.dyn_ref::<Uint8Array>()) {
        (Some(json), _) => Stored::Open(json),
        (None, Some(bytes)) => Stored::Sealed(bytes.to_vec()),
        (None, None) => Stored::Open(String::new()),
    }
}
