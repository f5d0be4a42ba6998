//! One file per route.

pub mod about;
pub mod history;
pub mod lab;
pub mod models;
pub mod not_found;
pub mod settings;
pub mod talk;

pub use about::AboutPage;
pub use history::HistoryPage;
pub use lab::LabPage;
pub use models::ModelsPage;
pub use not_found::NotFoundPage;
pub use settings::SettingsPage;
pub use talk::TalkPage;
