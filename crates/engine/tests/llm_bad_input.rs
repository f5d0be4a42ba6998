//! Language models that are broken, and requests that make no sense: each gets
//! an error that names what is wrong, or a right answer, and nothing panics.

mod support;

use bella_engine::{Host, Model};
use bella_protocol::{
    ChatMessage, ChatOptions, Failure, Outcome, Reply, Request, RequestId, Role, Stop, Usage,
};
use bella_weights::{Array, BlockType};
use support::tiny::{FAMILIES, Tiny, file_of, load_bytes};

/// Loads a broken model and checks that the failure names `field` and says `told`.
fn refused(name: &str, loaded: Result<Model, Failure>, field: &str, told: &str) {
    match loaded {
        Err(Failure::BadModel { file, field: named, detail }) => {
            assert_eq!(file, "model.gguf", "{name}");
            assert_eq!(named, field, "{name}: {detail}");
            assert!(detail.contains(told), "{name}: \"{detail}\" does not say \"{told}\"");
        }
        Err(other) => panic!("{name}: {other:?} is another failure"),
        Ok(_) => panic!("{name}: was taken for a good model"),
    }
}

/// One way to break a file.
struct Break {
    family: &'static str,
    name: &'static str,
    how: fn(&mut Tiny),
    field: &'static str,
    told: &'static str,
}

const fn broken(
    family: &'static str,
    name: &'static str,
    how: fn(&mut Tiny),
    field: &'static str,
    told: &'static str,
) -> Break {
    Break { family, name, how, field, told }
}

fn check(table: &[Break]) {
    for Break { family, name, how, field, told } in table {
        let mut tiny = Tiny::of(family);
        how(&mut tiny);
        refused(&format!("{family}, {name}"), tiny.load(), field, told);
    }
}

#[test]
fn tensors_that_do_not_fit_are_named() {
    let query = "blk.0.attn_q.weight";
    check(&[
        broken("qwen2", "no query", |t| t.remove("blk.0.attn_q.weight"), query, "no such tensor"),
        broken(
            "llama",
            "no embedding",
            |t| t.remove("token_embd.weight"),
            "token_embd.weight",
            "no such tensor",
        ),
        broken(
            "gemma3",
            "no norm behind attention",
            |t| t.remove("blk.3.post_attention_norm.weight"),
            "blk.3.post_attention_norm.weight",
            "no such tensor",
        ),
        broken(
            "lfm2",
            "no convolution",
            |t| t.remove("blk.2.shortconv.conv.weight"),
            "blk.2.shortconv.conv.weight",
            "no such tensor",
        ),
        broken(
            "qwen3",
            "sides swapped",
            |t| t.reshape("blk.1.ffn_up.weight", &[24, 40], BlockType::F16, 0),
            "blk.1.ffn_up.weight",
            "[24, 40] instead of [40, 24]",
        ),
        broken(
            "qwen2",
            "a bias too long",
            |t| t.reshape("blk.0.attn_k.bias", &[13], BlockType::F32, 0),
            "blk.0.attn_k.bias",
            "[13] instead of [12]",
        ),
        broken(
            "llama",
            "an embedding of one dimension",
            |t| t.reshape("token_embd.weight", &[64 * 24], BlockType::F16, 0),
            "token_embd.weight",
            "two dimensions",
        ),
        broken(
            "llama",
            "an embedding of another width",
            |t| t.reshape("token_embd.weight", &[64, 32], BlockType::F16, 0),
            "token_embd.weight",
            "[64, 32] instead of [64, 24]",
        ),
        broken(
            "lfm2",
            "a kernel of five taps",
            |t| t.reshape("blk.0.shortconv.conv.weight", &[24, 5], BlockType::F32, 0),
            "blk.0.shortconv.conv.weight",
            "[24, 5] instead of [24, 3]",
        ),
    ]);
}

#[test]
fn a_block_type_nobody_knows_is_named() {
    for number in [4u32, 19, 99, u32::MAX] {
        let mut file = file_of("qwen3").to_vec();
        let name = b"blk.0.ffn_down.weight";
        let at = file.windows(name.len()).position(|window| window == name).expect("is there");
        // name, dimensions u32, two lengths u64, type u32
        let at = at + name.len() + 4 + 16;
        file[at..at + 4].copy_from_slice(&number.to_le_bytes());
        let told = number.to_string();
        refused(&told, load_bytes(&file), "blk.0.ffn_down.weight", &told);
    }
}

#[test]
fn absurd_sizes_are_named() {
    check(&[
        broken(
            "llama",
            "no heads",
            |t| t.set("llama.attention.head_count", 0u32),
            "llama.attention.head_count",
            "0 is not between",
        ),
        broken(
            "lfm2",
            "no heads",
            |t| t.set("lfm2.attention.head_count", 0u32),
            "lfm2.attention.head_count",
            "0 is not between",
        ),
        broken(
            "qwen2",
            "heads that do not divide the width",
            |t| {
                t.set("qwen2.attention.head_count", 5u32);
                t.set("qwen2.attention.head_count_kv", 5u32);
            },
            "qwen2.attention.head_count",
            "5",
        ),
        broken(
            "lfm2",
            "heads that do not divide the width",
            |t| t.set("lfm2.attention.head_count", 10u32),
            "lfm2.attention.head_count",
            "10",
        ),
        broken(
            "qwen2",
            "more heads than numbers",
            |t| {
                t.set("qwen2.attention.head_count", 48u32);
                t.set("qwen2.attention.head_count_kv", 48u32);
            },
            "qwen2.attention.head_count",
            "48",
        ),
        broken(
            "qwen3",
            "key heads that do not divide query heads",
            |t| t.set("qwen3.attention.head_count_kv", 3u32),
            "qwen3.attention.head_count",
            "4 query and 3 key heads",
        ),
        broken(
            "qwen3",
            "no key heads",
            |t| t.set("qwen3.attention.head_count_kv", 0u32),
            "qwen3.attention.head_count_kv",
            "0 is not between",
        ),
        broken(
            "gemma3",
            "heads of an odd width",
            |t| {
                t.set("gemma3.attention.key_length", 7u32);
                t.set("gemma3.attention.value_length", 7u32);
            },
            "gemma3.attention.head_count",
            "width 7",
        ),
        broken(
            "llama",
            "nothing turns",
            |t| t.set("llama.rope.dimension_count", 0u32),
            "llama.rope.dimension_count",
            "0 is not between",
        ),
        broken(
            "llama",
            "half of it turns",
            |t| t.set("llama.rope.dimension_count", 4u32),
            "llama.rope.dimension_count",
            "4 of 8",
        ),
        broken(
            "gemma3",
            "no context",
            |t| t.set("gemma3.context_length", 0u32),
            "gemma3.context_length",
            "0 is not between",
        ),
        broken(
            "gemma3",
            "no window",
            |t| t.set("gemma3.attention.sliding_window", 0u32),
            "gemma3.attention.sliding_window",
            "0 is not between",
        ),
        broken(
            "qwen2",
            "a thousand million layers",
            |t| t.set("qwen2.block_count", 1_000_000_000u32),
            "qwen2.block_count",
            "1000000000 is not between",
        ),
        broken(
            "qwen2",
            "one layer more than there is",
            |t| t.set("qwen2.block_count", 3u32),
            "blk.2.attn_norm.weight",
            "no such tensor",
        ),
        broken(
            "qwen2",
            "no layers",
            |t| t.set("qwen2.block_count", 0u32),
            "qwen2.block_count",
            "0 is not between",
        ),
        broken(
            "lfm2",
            "key heads for two of four layers",
            |t| t.set("lfm2.attention.head_count_kv", Array::U32(vec![0, 2])),
            "lfm2.attention.head_count_kv",
            "4 layers",
        ),
        broken(
            "lfm2",
            "a thousand million layers",
            |t| t.set("lfm2.block_count", 1_000_000_000u32),
            "lfm2.block_count",
            "1000000000 is not between",
        ),
        broken(
            "lfm2",
            "a kernel without taps",
            |t| t.set("lfm2.shortconv.l_cache", 0u32),
            "lfm2.shortconv.l_cache",
            "0 is not between",
        ),
        broken(
            "llama",
            "a width beyond reason",
            |t| t.set("llama.embedding_length", u32::MAX),
            "llama.embedding_length",
            "4294967295 is not between",
        ),
        broken(
            "llama",
            "an epsilon that is no number",
            |t| t.set("llama.attention.layer_norm_rms_epsilon", f32::NAN),
            "llama.attention.layer_norm_rms_epsilon",
            "not a positive number",
        ),
        broken(
            "qwen3",
            "a base of zero",
            |t| t.set("qwen3.rope.freq_base", 0.0f32),
            "qwen3.rope.freq_base",
            "not a positive number",
        ),
        broken(
            "gemma3",
            "a stretch nobody knows",
            |t| t.set("gemma3.rope.scaling.type", "moebius"),
            "gemma3.rope.scaling.type",
            "moebius",
        ),
        broken(
            "qwen2",
            "words for a number",
            |t| t.set("qwen2.context_length", "long"),
            "qwen2.context_length",
            "integer",
        ),
        broken(
            "qwen2",
            "no width",
            |t| t.unset("qwen2.embedding_length"),
            "qwen2.embedding_length",
            "",
        ),
        broken(
            "qwen2",
            "a family nobody knows",
            |t| t.set("general.architecture", "mumble"),
            "mumble.block_count",
            "",
        ),
        broken(
            "qwen2",
            "no family",
            |t| t.unset("general.architecture"),
            "general.architecture",
            "",
        ),
    ]);
}

fn strings(items: &[&str]) -> Array {
    Array::String(items.iter().collect())
}

#[test]
fn a_vocabulary_that_does_not_fit_is_named() {
    let tokens = "tokenizer.ggml.tokens";
    check(&[
        broken(
            "qwen2",
            "fewer rows than tokens",
            |t| t.reshape("token_embd.weight", &[63, 24], BlockType::F16, 0),
            tokens,
            "64 tokens and the model only 63",
        ),
        broken(
            "qwen2",
            "too few types",
            |t| t.set("tokenizer.ggml.token_type", Array::I32(vec![1; 63])),
            "tokenizer.ggml.token_type",
            "63 types for 64 tokens",
        ),
        broken(
            "qwen2",
            "no tokens",
            |t| {
                t.set("tokenizer.ggml.tokens", strings(&[]));
                t.set("tokenizer.ggml.token_type", Array::I32(Vec::new()));
            },
            "tokenizer.ggml.token_type",
            "0 tokens",
        ),
        broken(
            "qwen2",
            "one token twice",
            |t| {
                t.set("tokenizer.ggml.tokens", strings(&["a", "a"]));
                t.set("tokenizer.ggml.token_type", Array::I32(vec![1, 1]));
            },
            tokens,
            "twice",
        ),
        broken(
            "qwen2",
            "half a merge",
            |t| t.set("tokenizer.ggml.merges", strings(&["th"])),
            "tokenizer.ggml.merges",
            "\"th\" is not a pair",
        ),
        broken(
            "qwen2",
            "a merge of what is not there",
            |t| t.set("tokenizer.ggml.merges", strings(&["Q Z"])),
            "tokenizer.ggml.merges",
            "Q",
        ),
        broken(
            "qwen2",
            "words cut in a way nobody knows",
            |t| t.set("tokenizer.ggml.pre", "scissors"),
            "tokenizer.ggml.pre",
            "scissors",
        ),
        broken(
            "qwen2",
            "a kind of tokenizer nobody knows",
            |t| t.set("tokenizer.ggml.model", "runes"),
            "tokenizer.ggml.model",
            "runes",
        ),
        broken(
            "gemma3",
            "too few scores",
            |t| t.set("tokenizer.ggml.scores", Array::F32(vec![0.0; 3])),
            "tokenizer.ggml.scores",
            "3 scores for 64 tokens",
        ),
        broken(
            "qwen2",
            "a template that is no template",
            |t| t.set("tokenizer.chat_template", "{% for message in %}"),
            "tokenizer.chat_template",
            "",
        ),
    ]);
}

#[test]
fn a_token_of_a_megabyte_is_refused_at_once() {
    let mut tiny = Tiny::of("gemma3");
    let long = "a".repeat(1 << 20);
    let tokens: Vec<String> = (0..63).map(|i| format!("t{i}")).chain([long]).collect();
    tiny.set("tokenizer.ggml.tokens", Array::String(tokens.iter().collect()));
    refused("a long token", tiny.load(), "tokenizer.ggml.tokens", "1048576 bytes");
}

#[test]
fn a_tokenizer_file_with_an_id_beyond_the_model_is_refused() {
    let json = |id: u32| {
        format!(
            r#"{{"version":"1.0","truncation":null,"padding":null,"added_tokens":[],
            "normalizer":null,"pre_tokenizer":null,"post_processor":null,"decoder":null,
            "model":{{"type":"BPE","vocab":{{"a":0,"b":{id}}},"merges":[]}}}}"#
        )
    };
    for id in [64, 1 << 20, u32::MAX] {
        let loaded = support::tiny::load_with_tokenizer(file_of("qwen2"), json(id).as_bytes());
        match loaded {
            Err(Failure::BadModel { field, detail, .. }) => {
                assert!(field.contains("tokeni"), "{field}");
                assert!(detail.contains(&(u64::from(id) + 1).to_string()), "{detail}");
            }
            Err(other) => panic!("id {id}: {other:?} is another failure"),
            Ok(_) => panic!("id {id} was taken"),
        }
    }
    assert!(support::tiny::load_with_tokenizer(file_of("qwen2"), json(63).as_bytes()).is_ok());
}

/// A file that stops anywhere, or with any byte changed, must not panic. What it
/// is told is the business of `bella-weights` and its fuzzers.
#[test]
fn a_damaged_file_never_panics() {
    for family in FAMILIES {
        let file = file_of(family);
        let head = file.len().min(6000);
        for at in (0..head).step_by(31) {
            assert!(load_bytes(&file[..at]).is_err(), "{family}, cut at {at}");
            let mut changed = file.to_vec();
            changed[at] ^= 1 << (at % 8);
            if let Ok(model) = load_bytes(&changed) {
                let mut host = host(model);
                // A name or a number may change and leave a model that runs.
                let _ = ask(&mut host, &[user("hello")], greedy(2));
            }
        }
    }
}

fn host(model: Model) -> Host {
    let start = std::time::Instant::now();
    let mut host = Host::new(Box::new(move || start.elapsed().as_secs_f64() * 1000.0));
    host.add("tiny", model, 0.0);
    host
}

fn greedy(max_tokens: usize) -> ChatOptions {
    ChatOptions { temperature: 0.0, repetition_penalty: 1.0, max_tokens, ..ChatOptions::default() }
}

fn user(text: &str) -> ChatMessage {
    ChatMessage::new(Role::User, text)
}

type Answer = (String, Stop, Usage);

fn ask(host: &mut Host, messages: &[ChatMessage], options: ChatOptions) -> Result<Answer, Failure> {
    let request = Request::Chat { model: "tiny".to_owned(), messages: messages.to_vec(), options };
    host.submit(RequestId(1), request, Vec::new(), 0);
    let mut text = String::new();
    loop {
        host.step();
        for said in host.take_replies().collect::<Vec<_>>() {
            match said.reply {
                Reply::Text(piece) => text.push_str(&piece),
                Reply::Done(Outcome::Chat { stop, usage }) => return Ok((text, stop, usage)),
                Reply::Failed(failure) => return Err(failure),
                other => panic!("{other:?} is no answer to a chat"),
            }
        }
    }
}

#[test]
fn requests_without_sense_are_refused_in_words_or_answered() {
    for family in FAMILIES {
        let mut host = host(load_bytes(file_of(family)).expect("a whole model"));
        let empty = ask(&mut host, &[], greedy(4));
        assert!(matches!(empty, Err(Failure::BadRequest { .. })), "{family}: {empty:?}");

        for (characters, piece) in [(100_000, "word "), (100_000, "벨라"), (100_000, "x")] {
            let text: String = piece.chars().cycle().take(characters).collect();
            match ask(&mut host, &[user("hi"), user(&text)], greedy(4)) {
                Err(Failure::TooLong { tokens, limit }) => {
                    assert!(tokens > limit && limit < 512, "{family}: {tokens} and {limit}");
                }
                // Letters outside a vocabulary of sixty tokens leave little to read.
                Ok(_) if piece == "벨라" => {}
                other => panic!("{family}, {piece:?}: {other:?}"),
            }
        }
        let just_fits = "a ".repeat(200);
        let (_, stop, usage) =
            ask(&mut host, &[user(&just_fits)], greedy(4)).expect("200 words fit into 512 tokens");
        assert!(usage.prompt_tokens > 200, "{family}: {usage:?}");
        assert!(matches!(stop, Stop::Length | Stop::Finished));
    }
}

#[test]
fn options_without_sense_neither_panic_nor_hang() {
    let odd = [
        ChatOptions { context_tokens: 0, ..greedy(4) },
        ChatOptions { context_tokens: 1, ..greedy(4) },
        ChatOptions { context_tokens: usize::MAX, ..greedy(4) },
        ChatOptions { max_tokens: 0, ..greedy(4) },
        ChatOptions { max_tokens: usize::MAX, ..greedy(4) },
        ChatOptions { temperature: f32::NAN, ..greedy(4) },
        ChatOptions { temperature: f32::INFINITY, ..greedy(4) },
        ChatOptions { temperature: 1e-30, ..greedy(4) },
        ChatOptions { temperature: 1.0, top_p: f32::NAN, min_p: f32::NAN, ..greedy(4) },
        ChatOptions { temperature: 1.0, top_p: -1.0, min_p: 7.0, ..greedy(4) },
        ChatOptions { repetition_penalty: f32::NAN, ..greedy(4) },
        ChatOptions { repetition_penalty: -3.0, repetition_window: usize::MAX, ..greedy(4) },
        ChatOptions { stop: vec![String::new(), "x".repeat(1 << 20)], ..greedy(4) },
    ];
    for family in FAMILIES {
        let mut host = host(load_bytes(file_of(family)).expect("a whole model"));
        for options in &odd {
            match ask(&mut host, &[user("hello there")], options.clone()) {
                Ok((_, stop, usage)) => {
                    assert_ne!(stop, Stop::Cancelled);
                    assert!(usage.prompt_tokens + usage.reply_tokens <= 512, "{usage:?}");
                }
                Err(Failure::TooLong { limit, .. }) => {
                    assert!(limit < 2, "{family}: {options:?}");
                }
                Err(other) => panic!("{family}, {options:?}: {other:?}"),
            }
        }
    }
}

#[test]
fn a_template_that_says_nothing_is_named() {
    for template in ["", "{{ '' }}", "{# silence #}"] {
        let mut tiny = Tiny::of("qwen2");
        tiny.set("tokenizer.chat_template", template);
        let mut host = host(tiny.load().expect("a template may be short"));
        let answer = ask(&mut host, &[user("hello")], greedy(4));
        assert!(
            matches!(&answer, Err(Failure::BadModel { field, .. }) if field == "tokenizer.chat_template"),
            "{answer:?}"
        );
    }
}

#[test]
fn weights_that_are_not_numbers_make_no_panic() {
    for family in FAMILIES {
        let mut tiny = Tiny::of(family);
        let norm = if family == "lfm2" { "token_embd_norm.weight" } else { "output_norm.weight" };
        let width = if family == "gemma3" { 16 } else { 24 };
        // Every byte 0xFF: as F32, not a number.
        tiny.reshape(norm, &[width], BlockType::F32, 0xFF);
        let mut host = host(tiny.load().expect("sizes are right"));
        for temperature in [0.0, 1.0] {
            let options = ChatOptions { temperature, ..greedy(4) };
            let answer = ask(&mut host, &[user("hello")], options);
            assert!(answer.is_ok(), "{family}: {answer:?}");
        }
    }
}
