//! safetensors headers, good and bad.

use bella_weights::safetensors::parse;
use bella_weights::{BlockType, Format, Header, Parsed};

use super::gguf::whole;
use crate::support::samples::{safetensors, small_safetensors};

#[test]
fn a_directory_is_read_in_the_order_of_the_file() {
    let header = whole(Header::parse(&small_safetensors()).expect("a valid file"));
    assert_eq!(header.format, Format::Safetensors);
    assert_eq!(header.metadata.str("format"), Ok("pt"));
    let listed: Vec<_> = header
        .tensors
        .iter()
        .map(|t| (t.name.as_str(), t.shape.as_slice(), t.dtype, t.offset - header.header_bytes))
        .collect();
    let expected: [(&str, &[usize], BlockType, u64); 2] =
        [("a.weight", &[4], BlockType::F32, 0), ("b.weight", &[2, 3], BlockType::F16, 24)];
    assert_eq!(listed, expected);
    let error = header.tensor("position_ids").expect_err("integers are no weights");
    assert_eq!(error.to_string(), "position_ids: has the unsupported type I64");
}

#[test]
fn a_directory_that_lies_is_refused_by_name() {
    fn check(directory: &str, field: &str, says: &str) {
        let error = parse(&safetensors(directory, &[0; 64])).expect_err(says);
        assert_eq!(error.field, field, "{error}");
        assert!(error.to_string().contains(says), "{error} should say {says:?}");
    }
    let one = |entry: &str| format!(r#"{{"t":{entry}}}"#);
    check("{", "header", "JSON");
    check("[]", "header", "a directory of tensors");
    check(&one(r#"{"dtype":"F32","shape":[1]}"#), "header", "data_offsets");
    check(&one(r#"{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}"#), "header", "-1");
    check(&one(r#"{"dtype":"F32","shape":[1],"data_offsets":[4,0]}"#), "t", "no sense");
    check(&one(r#"{"dtype":"F32","shape":[2],"data_offsets":[0,4]}"#), "t", "need 8");
    check(&one(r#"{"dtype":"F32","shape":[0],"data_offsets":[0,0]}"#), "t", "no elements");
    check(&one(r#"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#), "data_offsets", "at 4");
    check(
        &one(r#"{"dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,4]}"#),
        "t",
        "too large",
    );
    check(
        &one(r#"{"dtype":"F32","shape":[1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]}"#),
        "header",
        "more than 8 dimensions",
    );
    check(
        &one(r#"{"dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551615]}"#),
        "t",
        "no sense",
    );
    let entry = r#"{"dtype":"F32","shape":[1],"data_offsets":[0,4]}"#;
    check(&format!(r#"{{"a":{entry},"b":{entry}}}"#), "data_offsets", "begins at 0");
    let next = r#"{"dtype":"F32","shape":[1],"data_offsets":[4,8]}"#;
    check(&format!(r#"{{"a":{entry},"a":{next}}}"#), "a", "twice");
    check(&format!("{}1{}", "[".repeat(10_000), "]".repeat(10_000)), "header", "JSON");
}

#[test]
fn a_length_beyond_reason_is_refused_at_once() {
    let error = parse(&u64::MAX.to_le_bytes()).expect_err("no header is that long");
    assert_eq!(error.field, "header");
}

#[test]
fn every_prefix_asks_for_more_and_every_flip_is_refused_or_harmless() {
    let file = small_safetensors();
    let end = whole(parse(&file).expect("a valid file")).header_bytes as usize;
    for length in 0..end {
        match parse(&file[..length]) {
            Ok(Parsed::Incomplete { at_least }) => assert!(at_least > length as u64),
            other => panic!("{length}: {other:?}"),
        }
    }
    for at in 0..end {
        for bit in 0..8 {
            let mut flipped = file.clone();
            flipped[at] ^= 1 << bit;
            if let Ok(Parsed::Whole(header)) = parse(&flipped) {
                assert!(header.tensors.windows(2).all(|pair| pair[0].end() <= pair[1].offset));
            }
        }
    }
}
