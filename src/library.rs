//! The models this build knows: the manifest, as the page needs it.

use std::sync::LazyLock;

use bella_companion::{Language, Model, Tier};
use bella_protocol::{ModelFile, ModelSpec, Task};
use bella_weights::manifest::{self, Manifest, Place, Source};

static MANIFEST: LazyLock<Manifest> = LazyLock::new(|| {
    // A manifest that cannot be read never leaves the tests below; were it to,
    // an empty library is a page that still opens.
    parse().unwrap_or(Manifest { models: Vec::new() })
});

fn parse() -> Result<Manifest, manifest::ManifestError> {
    Manifest::parse("manifest.toml", include_str!("../models/manifest.toml"))
}

/// Those that people are shown.
pub fn offered() -> impl Iterator<Item = &'static manifest::Model> {
    MANIFEST.models.iter().filter(|model| model.offered)
}

pub fn find(id: &str) -> Option<&'static manifest::Model> {
    MANIFEST.model(id)
}

/// The chat model offered on a first visit.
pub fn default_chat() -> Option<&'static manifest::Model> {
    let is_chat = |model: &&manifest::Model| model.task == manifest::Task::Chat;
    offered().filter(is_chat).find(|model| model.default).or(offered().find(is_chat))
}

/// The one of this task that is part of a first start.
pub fn default_of(task: manifest::Task) -> Option<&'static manifest::Model> {
    offered().find(|model| model.task == task && model.default)
}

/// The largest of a lower tier, to begin with after one that was too much.
pub fn one_tier_below(model: &manifest::Model) -> Option<&'static manifest::Model> {
    let tier = Tier::of_model(model.bytes());
    let is_lower =
        |other: &&manifest::Model| other.task == model.task && Tier::of_model(other.bytes()) < tier;
    offered().filter(is_lower).max_by_key(|other| other.bytes())
}

/// Whether a part of this version runs models of this task.
pub fn is_used(task: manifest::Task) -> bool {
    match task {
        manifest::Task::Chat
        | manifest::Task::Transcribe
        | manifest::Task::Vad
        | manifest::Task::Embed
        | manifest::Task::Feel => true,
    }
}

/// As the companion wants it. `resolve` makes a relative address absolute.
pub fn to_companion(model: &manifest::Model, resolve: impl Fn(&str) -> String) -> Model {
    let file = |file: &manifest::File| ModelFile {
        name: file.name.clone(),
        url: resolve(&format!("./weights/{}/{}", model.id, file.name)),
        mirror: on_the_hub(file),
        bytes: file.content.bytes().unwrap_or_default(),
        sha256: file.content.sha256().map(ToString::to_string),
    };
    Model {
        spec: ModelSpec {
            id: model.id.clone(),
            task: to_protocol(model.task),
            files: model.files.iter().map(file).collect(),
            base: model.base.clone(),
        },
        languages: model.languages.iter().filter_map(|tag| Language::from_tag(tag)).collect(),
    }
}

/// Where the hub has these very bytes: some it has in another form only, which nobody
/// converts in a browser.
fn on_the_hub(file: &manifest::File) -> Option<String> {
    file.sources.iter().find_map(|source| match source {
        Source { place: Place::Hub { url }, delivers: None, convert: None } => Some(url.clone()),
        _ => None,
    })
}

fn to_protocol(task: manifest::Task) -> Task {
    match task {
        manifest::Task::Chat => Task::Chat,
        manifest::Task::Transcribe => Task::Transcribe,
        manifest::Task::Embed => Task::Embed,
        manifest::Task::Feel => Task::Feel,
        manifest::Task::Vad => Task::Vad,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manifest_that_ships_is_good_and_offers_a_chat_model() {
        parse().expect("the manifest is good");
        let model = default_chat().expect("a chat model");
        assert!(model.default && is_used(model.task), "{}", model.id);
    }

    #[test]
    fn there_is_something_smaller_to_begin_with_after_a_crash() {
        let below = |id| one_tier_below(find(id).expect("a model")).map(|model| model.id.as_str());
        assert_eq!(below("qwen2.5-coder-1.5b-instruct"), Some("qwen2.5-coder-0.5b-instruct"));
        assert_eq!(below("qwen2.5-coder-0.5b-instruct"), Some("smollm2-135m-instruct"));
        assert_eq!(below("smollm2-135m-instruct"), None);
    }

    #[test]
    fn a_model_is_addressed_below_weights_by_its_id() {
        let model = default_chat().expect("a chat model");
        let asked = to_companion(model, |relative| relative.replacen('.', "https://bella.test", 1));
        for (file, expected) in asked.spec.files.iter().zip(&model.files) {
            let url = format!("https://bella.test/weights/{}/{}", model.id, expected.name);
            assert_eq!(file.url, url);
            assert_eq!(Some(file.bytes), expected.content.bytes());
            let mirror = file.mirror.as_deref().expect("the hub has it as it is");
            assert!(mirror.starts_with("https://huggingface.co/"), "{mirror}");
            assert_eq!(
                file.sha256.as_ref().map(String::len),
                Some(64),
                "a default model is pinned"
            );
        }
        assert_eq!(asked.total_bytes(), model.bytes());
    }
}
