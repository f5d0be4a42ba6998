//! A file of weights as a stream of chunks.

use bella_protocol::{Failure, ModelFile};
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, Request, RequestCache, RequestInit, Response,
};

use super::port;
use crate::browser::exception::describe;

pub(super) struct Download {
    file: String,
    reader: ReadableStreamDefaultReader,
    /// The chunk at hand, reused for each.
    chunk: Vec<u8>,
}

pub(super) async fn open(
    file: &ModelFile,
    abort: &AbortSignal,
    cache: RequestCache,
) -> Result<Download, Failure> {
    let unreachable =
        |error: JsValue| Failure::Unreachable { file: file.name.clone(), detail: describe(&error) };
    let options = RequestInit::new();
    options.set_signal(Some(abort));
    options.set_cache(cache);
    let request = Request::new_with_str_and_init(&file.url, &options).map_err(unreachable)?;
    let response: Response =
        JsFuture::from(port::fetch(&request)).await.map_err(unreachable)?.unchecked_into();
    if !response.ok() {
        return Err(Failure::BadStatus { file: file.name.clone(), status: response.status() });
    }
    let Some(body) = response.body() else {
        return Err(Failure::ShortFile { file: file.name.clone(), got: 0, expected: file.bytes });
    };
    Ok(Download {
        file: file.name.clone(),
        reader: body.get_reader().unchecked_into(),
        chunk: Vec::new(),
    })
}

impl Download {
    /// The next chunk, or `None` when the body is over.
    pub(super) async fn next(&mut self) -> Result<Option<&[u8]>, Failure> {
        let unreachable = |error: JsValue| Failure::Unreachable {
            file: self.file.clone(),
            detail: describe(&error),
        };
        let read = JsFuture::from(self.reader.read()).await.map_err(unreachable)?;
        let field = |name: &str| {
            Reflect::get(&read, &JsValue::from_str(name)).unwrap_or(JsValue::UNDEFINED)
        };
        if field("done").is_truthy() {
            return Ok(None);
        }
        let bytes: Uint8Array = field("value").unchecked_into();
        self.chunk.resize(bytes.length() as usize, 0);
        bytes.copy_to(&mut self.chunk);
        Ok(Some(&self.chunk))
    }
}
