//! What the device keeps of models, in the browser's database.
//!
//! Every change is one transaction whose requests are all made at once: the turbo
//! build wakes a task that waits in a later turn, and by then a transaction in
//! which nothing was asked for has ended.

use bella_keep::{ChunkAt, Record};
use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{IdbDatabase, IdbKeyRange, IdbTransaction, IdbTransactionMode};

use crate::browser::database::{self, over, result};

pub(super) use crate::browser::database::Thrown;

const NAME: &str = "bella";
const VERSION: u32 = 1;
/// A record for each model, as JSON under the model's id.
const MODELS: &str = "models";
/// Bytes, under model, file and number.
const CHUNKS: &str = "chunks";

pub(super) struct Shelf {
    database: IdbDatabase,
}

impl Shelf {
    pub(super) async fn open() -> Result<Self, Thrown> {
        let database = database::open(NAME, VERSION, &[MODELS, CHUNKS]).await?;
        Ok(Self { database })
    }

    pub(super) async fn record(&self, model: &str) -> Result<Option<Record>, Thrown> {
        let change = self.look(MODELS)?;
        let found = result(&change.object_store(MODELS)?.get(&model.into())?).await?;
        Ok(read(&found))
    }

    pub(super) async fn records(&self) -> Result<Vec<Record>, Thrown> {
        let change = self.look(MODELS)?;
        let found = result(&change.object_store(MODELS)?.get_all()?).await?;
        Ok(Array::from(&found).iter().filter_map(|record| read(&record)).collect())
    }

    pub(super) async fn chunk(
        &self,
        record: &Record,
        at: ChunkAt,
    ) -> Result<Option<Uint8Array>, Thrown> {
        let change = self.look(CHUNKS)?;
        let found = result(&change.object_store(CHUNKS)?.get(&key(record, at))?).await?;
        Ok(found.dyn_into().ok())
    }

    /// Both or neither.
    pub(super) async fn put_chunk(
        &self,
        record: &Record,
        at: ChunkAt,
        bytes: &Uint8Array,
    ) -> Result<(), Thrown> {
        let change = self.change(&[MODELS, CHUNKS])?;
        change.object_store(CHUNKS)?.put_with_key(bytes, &key(record, at))?;
        write(&change, record)?;
        over(&change).await
    }

    pub(super) async fn put_record(&self, record: &Record) -> Result<(), Thrown> {
        let change = self.change(&[MODELS])?;
        write(&change, record)?;
        over(&change).await
    }

    pub(super) async fn forget(&self, model: &str) -> Result<(), Thrown> {
        let change = self.change(&[MODELS, CHUNKS])?;
        change.object_store(MODELS)?.delete(&model.into())?;
        change.object_store(CHUNKS)?.delete(&everything_below(&[model])?)?;
        over(&change).await
    }

    pub(super) async fn forget_file(&self, model: &str, file: &str) -> Result<(), Thrown> {
        let change = self.change(&[CHUNKS])?;
        change.object_store(CHUNKS)?.delete(&everything_below(&[model, file])?)?;
        over(&change).await
    }

    fn look(&self, store: &str) -> Result<IdbTransaction, Thrown> {
        Ok(self.database.transaction_with_str(store)?)
    }

    fn change(&self, stores: &[&str]) -> Result<IdbTransaction, Thrown> {
        let stores: Array = stores.iter().map(|&store| JsValue::from_str(store)).collect();
        let mode = IdbTransactionMode::Readwrite;
        Ok(self.database.transaction_with_str_sequence_and_mode(&stores, mode)?)
    }
}

impl Drop for Shelf {
    fn drop(&mut self) {
        self.database.close();
    }
}

fn key(record: &Record, at: ChunkAt) -> JsValue {
    let file = record.files.get(at.file).map_or("", |file| file.name.as_str());
    // Numbers of chunks are small.
    Array::of3(&record.model.as_str().into(), &file.into(), &(at.chunk as f64).into()).into()
}

/// In the order of keys, an array comes after every text and number.
fn everything_below(above: &[&str]) -> Result<JsValue, Thrown> {
    let lowest: Array = above.iter().map(|&part| JsValue::from_str(part)).collect();
    let highest = lowest.concat(&Array::of1(&Array::new()));
    Ok(IdbKeyRange::bound(&lowest, &highest)?.into())
}

fn write(change: &IdbTransaction, record: &Record) -> Result<(), Thrown> {
    let json = serde_json::to_string(record).map_err(|error| Thrown::saying(&error.to_string()))?;
    change.object_store(MODELS)?.put_with_key(&json.into(), &record.model.as_str().into())?;
    Ok(())
}

/// What a later version wrote is as good as nothing.
fn read(value: &JsValue) -> Option<Record> {
    serde_json::from_str(&value.as_string()?).ok()
}
