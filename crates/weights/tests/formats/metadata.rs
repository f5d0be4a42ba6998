//! Settings are read by kind, and an error names the key.

use bella_weights::{Array, FormatError, Metadata, Strings, Value};

fn metadata() -> Metadata {
    let mut metadata = Metadata::default();
    metadata.insert("text", "words");
    metadata.insert("small", Value::U8(7));
    metadata.insert("negative", Value::I32(-1));
    metadata.insert("large", Value::U64(1 << 40));
    metadata.insert("double", Value::F64(0.5));
    metadata.insert("flag", false);
    metadata.insert("heads", Array::I32(vec![1, 2]));
    metadata.insert("wrong heads", Array::I64(vec![1, -2]));
    metadata.insert("pieces", Array::String(["a", "", "가"].iter().collect()));
    metadata
}

#[test]
fn a_setting_of_a_fitting_kind_is_converted() {
    let metadata = metadata();
    assert_eq!(metadata.str("text"), Ok("words"));
    assert_eq!(metadata.u32("small"), Ok(7));
    assert_eq!(metadata.usize("large"), Ok(1 << 40));
    assert_eq!(metadata.f32("double"), Ok(0.5));
    assert_eq!(metadata.bool("flag"), Ok(false));
    assert_eq!(metadata.u32s("heads"), Ok(vec![1, 2]));
    let pieces = metadata.strings("pieces").expect("a list of strings");
    assert_eq!(pieces.iter().collect::<Vec<_>>(), ["a", "", "가"]);
    assert_eq!((pieces.get(2), pieces.get(3)), (Some("가"), None));
}

#[test]
fn a_setting_that_does_not_fit_is_named() {
    fn check<T: std::fmt::Debug>(outcome: Result<T, FormatError>, says: &str) {
        let error = outcome.expect_err(says);
        assert_eq!(error.to_string(), says);
    }
    let metadata = metadata();
    check(metadata.u32("none"), "none: is missing");
    check(metadata.u32("text"), "text: is a string where an integer was expected");
    check(
        metadata.u32("negative"),
        "negative: is -1 where an unsigned 32-bit integer was expected",
    );
    check(
        metadata.u32("large"),
        "large: is 1099511627776 where an unsigned 32-bit integer was expected",
    );
    check(metadata.f32("small"), "small: is an unsigned integer where a float was expected");
    check(
        metadata.strings("heads"),
        "heads: is a list of integers where a list of strings was expected",
    );
    check(
        metadata.u32s("wrong heads"),
        "wrong heads: is a list with a value out of range where a list of unsigned 32-bit integers was expected",
    );
}

#[test]
fn an_optional_setting_may_be_absent_but_not_wrong() {
    let metadata = metadata();
    assert_eq!(metadata.optional("none", Metadata::u32), Ok(None));
    assert_eq!(metadata.optional("small", Metadata::u32), Ok(Some(7)));
    assert!(metadata.optional("text", Metadata::u32).is_err());
}

#[test]
fn an_empty_list_of_strings_has_none() {
    let none = Strings::default();
    assert!(none.is_empty() && none.get(0).is_none() && none.iter().next().is_none());
}
