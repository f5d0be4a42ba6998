//! What a person does in the lab.

use std::time::Duration;

use serde_json::json;

use crate::testid::*;
use crate::{Visit, by};

impl Visit {
    #[track_caller]
    pub fn go_to_the_lab(&self) {
        self.page.click(NAV_SETTINGS);
        self.page.click(NAV_LAB);
        self.page.wait_for(LAB_START);
    }

    /// Leaves only this one of the models chosen that are from the beginning.
    #[track_caller]
    pub fn measure_only(&self, model: &str) {
        let chosen: Vec<String> = self.page.call(
            "testid => [...document.querySelectorAll(`[data-testid=${testid}]`)]
                .filter(box => box.checked).map(box => box.value)",
            &[json!(LAB_MODEL)],
        );
        assert!(chosen.contains(&model.to_owned()), "the models of a first start: {chosen:?}");
        for other in chosen.iter().filter(|chosen| *chosen != model) {
            self.page.click(by(LAB_MODEL).with("value", other));
        }
    }

    #[track_caller]
    pub fn wait_for_lab(&self, patience: Duration, state: &str) {
        self.page.wait_for_attribute(patience, LAB, "data-state", state);
    }
}
