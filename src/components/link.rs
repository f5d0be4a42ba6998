//! Links between the pages.

use leptos::prelude::*;
use leptos_router::components::A;

/// The path the app lives under. Links need it in full: the router's own take an
/// address that begins with a slash as it is, and would lead out of a subfolder.
#[derive(Clone, Debug)]
pub struct BasePath(pub String);

/// To a route such as `/models`. The link of the current page carries
/// `aria-current="page"`.
#[component]
pub fn Link(to: &'static str, children: Children) -> impl IntoView {
    let BasePath(base) = expect_context();
    let href = format!("{base}{to}");
    view! { <A href=href exact=true>{children()}</A> }
}
