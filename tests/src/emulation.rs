//! Posing as another device, another person, another day.

use serde_json::{Value, json};

use crate::page::Page;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    Light,
    Dark,
}

impl Theme {
    pub fn name(self) -> &'static str {
        match self {
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }
}

impl Page {
    /// The size of the page in CSS pixels. Below 600 it is a phone: touch screen,
    /// two device pixels each.
    #[track_caller]
    pub fn set_viewport(&self, width: u32, height: u32) {
        let phone = width < 600;
        self.command(
            "Emulation.setDeviceMetricsOverride",
            json!({
                "width": width,
                "height": height,
                "deviceScaleFactor": if phone { 2 } else { 1 },
                "mobile": phone,
            }),
        );
        self.command("Emulation.setTouchEmulationEnabled", json!({ "enabled": phone }));
    }

    /// What the system's settings say of colours and motion.
    #[track_caller]
    pub fn set_taste(&self, theme: Theme, reduced_motion: bool) {
        let motion = if reduced_motion { "reduce" } else { "no-preference" };
        let features = json!([
            { "name": "prefers-color-scheme", "value": theme.name() },
            { "name": "prefers-reduced-motion", "value": motion },
        ]);
        self.command("Emulation.setEmulatedMedia", json!({ "features": features }));
    }

    /// The person's language, in `navigator.languages`, in the request headers and
    /// in how numbers and dates are written.
    #[track_caller]
    pub fn set_language(&self, tag: &str) {
        self.command(
            "Emulation.setUserAgentOverride",
            json!({ "userAgent": self.browser().user_agent(), "acceptLanguage": tag }),
        );
        self.command("Emulation.setLocaleOverride", json!({ "locale": tag }));
    }

    /// Lets the page's clock and its intervals run so many times as fast, in every
    /// document from the next one on: for what takes minutes to notice.
    #[track_caller]
    pub fn hurry(&self, times: u32) {
        self.before_every_document(&format!(
            "{{
                const [now, begun] = [Date.now.bind(Date), Date.now()];
                Date.now = () => begun + (now() - begun) * {times};
                const every = setInterval.bind(globalThis);
                globalThis.setInterval = (what, ms, ...how) => every(what, ms / {times}, ...how);
            }}"
        ));
    }

    /// Cuts the page and its workers off the network. A service worker keeps its
    /// own: to cut that too, stop the server.
    #[track_caller]
    pub fn set_offline(&self, offline: bool) {
        let conditions = json!({
            "offline": offline,
            "latency": 0,
            "downloadThroughput": -1,
            "uploadThroughput": -1,
        });
        self.command("Network.emulateNetworkConditions", conditions.clone());
        for worker in self.workers() {
            worker.session().post("Network.emulateNetworkConditions", conditions.clone());
        }
    }

    /// How much the page's origin may store; `None` is the browser's own limit.
    #[track_caller]
    pub fn set_quota(&self, bytes: Option<u64>) {
        let mut params = json!({ "origin": self.eval::<Value>("location.origin") });
        if let Some(bytes) = bytes {
            params["quotaSize"] = json!(bytes);
        }
        self.command("Storage.overrideQuotaForOrigin", params);
    }
}
