//! Workers of the worker's own, each a thread of the engine.

use std::cell::RefCell;

use bella_engine::threads;
use bella_protocol::FromEngine;
use wasm_bindgen::prelude::*;
use web_sys::{ErrorEvent, MessageEvent, Url, WorkerOptions, WorkerType};

use super::port;
use crate::browser::exception::describe;

const SCRIPT: &str = "./thread.js";
/// How long they may take to come up; the module is compiled already.
const PATIENCE_MS: f64 = 5_000.0;
const LOOK_EVERY_MS: i32 = 2;

/// All there are. They hear nothing while they help, so there is nothing to say
/// to them either.
#[derive(Default)]
pub(super) struct Helpers {
    workers: Vec<web_sys::Worker>,
    /// Whether the page counts on them.
    in_service: bool,
    /// Why one is gone.
    lost: Option<String>,
}

thread_local! {
    static HELPERS: RefCell<Helpers> = RefCell::default();
}

impl Helpers {
    /// Starts some and waits until they are up.
    pub(super) async fn hire(count: usize) -> Result<(), String> {
        for _ in 0..count {
            let worker = start().map_err(|error| describe(&error))?;
            HELPERS.with_borrow_mut(|helpers| helpers.workers.push(worker));
        }
        let began = port::now();
        while threads::helpers() < count {
            Self::are_well()?;
            if port::now() - began > PATIENCE_MS {
                return Err(format!("only {} of {count} threads came up", threads::helpers()));
            }
            port::pause(LOOK_EVERY_MS).await;
        }
        Ok(())
    }

    pub(super) fn are_well() -> Result<(), String> {
        HELPERS.with_borrow(|helpers| helpers.lost.clone().map_or(Ok(()), Err))
    }

    /// From now on the loss of one is the end of the engine.
    pub(super) fn take_into_service() {
        HELPERS.with_borrow_mut(|helpers| helpers.in_service = true);
    }

    pub(super) fn dismiss() {
        let workers = HELPERS.with_borrow_mut(|helpers| std::mem::take(&mut helpers.workers));
        for worker in workers {
            worker.set_onerror(None);
            worker.terminate();
        }
    }

    fn lose(detail: String) {
        threads::give_up();
        let in_service = HELPERS.with_borrow_mut(|helpers| {
            helpers.lost = Some(detail.clone());
            helpers.in_service
        });
        if in_service {
            port::post(&FromEngine::Crashed { detail });
        }
    }
}

fn start() -> Result<web_sys::Worker, JsValue> {
    let options = WorkerOptions::new();
    options.set_type(WorkerType::Module);
    options.set_name("thread");
    let address = Url::new_with_base(SCRIPT, &port::address())?.href();
    let worker = web_sys::Worker::new_with_options(&address, &options)?;
    let on_error = Closure::<dyn Fn(web_sys::Event)>::new(|event: web_sys::Event| {
        event.prevent_default();
        Helpers::lose(match event.dyn_ref::<ErrorEvent>() {
            Some(error) if !error.message().is_empty() => {
                format!("a thread stopped: {}", error.message())
            }
            // A script that could not be fetched gives an event without a message.
            _ => format!("{SCRIPT} could not be run"),
        });
    });
    worker.set_onerror(Some(on_error.as_ref().unchecked_ref()));
    worker.set_onmessageerror(Some(on_error.as_ref().unchecked_ref()));
    on_error.forget();
    // Its last words, if it panics.
    let on_message = Closure::<dyn Fn(MessageEvent)>::new(|event: MessageEvent| {
        port::pass_on(&event.data());
    });
    worker.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
    on_message.forget();
    worker.post_message(&port::start_of_thread())?;
    Ok(worker)
}
