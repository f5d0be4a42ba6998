//! Small valid files for the fuzzers to start from.

use std::fs;
use std::path::Path;

/// One of each kind that the models bring along.
const TOKENIZERS: [(&str, &str); 3] = [
    (
        "bpe",
        r#"{"version":"1.0","added_tokens":[{"id":5,"content":"<|im_end|>","single_word":false,
        "lstrip":false,"rstrip":false,"normalized":false,"special":true}],"normalizer":{"type":"NFC"},
        "pre_tokenizer":{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":false,"use_regex":true},
        "post_processor":null,"decoder":{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,
        "use_regex":true},"model":{"type":"BPE","dropout":null,"unk_token":null,
        "continuing_subword_prefix":"","end_of_word_suffix":"","fuse_unk":false,"byte_fallback":false,
        "vocab":{"H":0,"e":1,"l":2,"o":3,"ll":4},"merges":["l l"]}}"#,
    ),
    (
        "unigram",
        r#"{"version":"1.0","added_tokens":[{"id":0,"content":"<s>","single_word":false,"lstrip":false,
        "rstrip":false,"normalized":false,"special":true}],"normalizer":{"type":"Replace",
        "pattern":{"Regex":" {2,}"},"content":" "},"pre_tokenizer":{"type":"Metaspace","replacement":"▁",
        "prepend_scheme":"always","split":true},"post_processor":{"type":"TemplateProcessing","single":[
        {"SpecialToken":{"id":"<s>","type_id":0}},{"Sequence":{"id":"A","type_id":0}}],"pair":[
        {"Sequence":{"id":"A","type_id":0}},{"Sequence":{"id":"B","type_id":0}}],"special_tokens":{
        "<s>":{"id":"<s>","ids":[0],"tokens":["<s>"]}}},"decoder":null,"model":{"type":"Unigram",
        "unk_id":1,"vocab":[["<s>",0.0],["<unk>",0.0],["▁",-2.0],["안",-3.5],["녕",-3.6]],
        "byte_fallback":false}}"#,
    ),
    (
        "wordpiece",
        r###"{"version":"1.0","added_tokens":[],"normalizer":{"type":"BertNormalizer","clean_text":true,
        "handle_chinese_chars":true,"strip_accents":null,"lowercase":true},"pre_tokenizer":{
        "type":"BertPreTokenizer"},"post_processor":null,"decoder":{"type":"WordPiece","prefix":"##",
        "cleanup":true},"model":{"type":"WordPiece","unk_token":"[UNK]","continuing_subword_prefix":"##",
        "max_input_chars_per_word":100,"vocab":{"[UNK]":0,"hello":1,"##lo":2,"1":3}}}"###,
    ),
];

fn main() -> std::io::Result<()> {
    let corpus = Path::new(env!("CARGO_MANIFEST_DIR")).join("corpus");
    let json = corpus.join("tokenizer_json");
    fs::create_dir_all(&json)?;
    for (name, text) in TOKENIZERS {
        fs::write(json.join(name), text)?;
    }
    // Whole small models: their tokenizers are within.
    let gguf = corpus.join("tokenizer_gguf");
    fs::create_dir_all(&gguf)?;
    let goldens = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/goldens");
    for entry in fs::read_dir(goldens)? {
        let path = entry?.path();
        if path.extension().is_some_and(|end| end == "gguf") {
            let name = path.file_name().unwrap_or_default();
            fs::copy(&path, gguf.join(name))?;
        }
    }
    Ok(())
}
