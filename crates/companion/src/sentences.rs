//! Whole sentences out of a text that still grows.
//!
//! A screen reader that is told every token chatters; one that is told only the
//! end keeps people waiting. So it is told sentence by sentence.

/// Where the last whole sentence at or after byte `from` ends: the bytes
/// `from..end` are ready to be spoken. `None` while no sentence is complete.
///
/// A sentence ends at a line break, or at `.`, `!`, `?` or their full-width
/// forms (and any closing quotes and brackets) followed by white space. The
/// white space must be there: "3." may become "3.14" with the next token.
pub fn complete(text: &str, from: usize) -> Option<usize> {
    let rest = text.get(from..)?;
    let mut end = None;
    let mut after_stop = false;
    for (at, letter) in rest.char_indices() {
        match letter {
            '\n' => {
                end = Some(at + 1);
                after_stop = false;
            }
            '.' | '!' | '?' | '…' | '。' | '！' | '？' => after_stop = true,
            '"' | '\'' | ')' | ']' | '”' | '’' | '」' | '』' => {}
            space if space.is_whitespace() => {
                if after_stop && !ends_in_list_number(&rest[..at]) {
                    end = Some(at + space.len_utf8());
                }
                after_stop = false;
            }
            _ => after_stop = false,
        }
    }
    end.map(|end| from + end).filter(|&end| !text[from..end].trim().is_empty())
}

/// "1. Boil water": the stop after the number ends nothing.
fn ends_in_list_number(text: &str) -> bool {
    let line = text.rsplit('\n').next().unwrap_or_default().trim_start();
    line.strip_suffix('.').is_some_and(|number| {
        !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(complete(text, 0).map(|end| &text[..end]), expected, "{text:?}");
    }

    #[test]
    fn a_sentence_is_whole_when_something_follows_it() {
        check("", None);
        check("The capital", None);
        check("The capital of France is Paris.", None);
        check("Paris. It", Some("Paris. "));
        check("Paris. It is old. Very", Some("Paris. It is old. "));
        check("안녕하세요! 저는 벨라예요", Some("안녕하세요! "));
        check("she said \"Go.\" Then", Some("she said \"Go.\" "));
    }

    #[test]
    fn numbers_keep_their_points() {
        check("Pi is 3.14 or", None);
        check("1. Boil water", None);
        check("First line\n2. Add tea", Some("First line\n"));
    }

    #[test]
    fn it_goes_on_from_where_it_was() {
        let text = "One. Two. Three";
        let first = complete(text, 0);
        assert_eq!(first, Some("One. Two. ".len()));
        assert_eq!(complete(text, first.expect("two sentences")), None);
    }

    #[test]
    fn a_place_inside_a_letter_is_no_place() {
        assert_eq!(complete("가나. 다", 1), None);
        assert_eq!(complete("ab", 9), None);
    }

    #[test]
    fn blank_lines_are_not_worth_speaking() {
        check("\n\n", None);
    }
}
