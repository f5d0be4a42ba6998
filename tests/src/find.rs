//! How a test points at an element.

use std::fmt;

/// An element of the page, by its test id unless made with [`css`]. A plain test
/// id converts by itself, so that `page.click(SEND)` reads as it should.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Find {
    css: String,
    /// Counted from the end when negative.
    which: i32,
}

/// The first element with this test id.
pub fn by(testid: &str) -> Find {
    css(format!("[data-testid=\"{testid}\"]"))
}

/// The first element that a CSS selector matches.
pub fn css(selector: impl Into<String>) -> Find {
    Find { css: selector.into(), which: 0 }
}

impl Find {
    /// Of those, only elements whose attribute has this value.
    #[must_use]
    pub fn with(mut self, attribute: &str, value: &str) -> Self {
        self.css = format!("{}[{attribute}=\"{value}\"]", self.css);
        self
    }

    /// An element with this test id somewhere inside these elements.
    #[must_use]
    pub fn inner(mut self, testid: &str) -> Self {
        self.css = format!("{} [data-testid=\"{testid}\"]", self.css);
        self
    }

    #[must_use]
    pub fn last(self) -> Self {
        self.nth(-1)
    }

    #[must_use]
    pub fn nth(mut self, which: i32) -> Self {
        self.which = which;
        self
    }

    pub(crate) fn selector(&self) -> &str {
        &self.css
    }

    /// A JavaScript expression for the element, or `undefined`.
    pub(crate) fn script(&self) -> String {
        let css = serde_json::Value::from(self.css.as_str());
        format!("[...document.querySelectorAll({css})].at({})", self.which)
    }
}

impl From<&str> for Find {
    fn from(testid: &str) -> Self {
        by(testid)
    }
}

impl From<&Find> for Find {
    fn from(find: &Find) -> Self {
        find.clone()
    }
}

impl fmt::Display for Find {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.which {
            0 => write!(f, "{}", self.css),
            which => write!(f, "{} (number {which})", self.css),
        }
    }
}
