#![no_main]

use bella_companion::history::{MOST_TEXT_BYTES, Query, read, write};
use libfuzzer_sys::fuzz_target;

// What is taken keeps its bounds, can be searched, and is the same when it was written
// and read again.
fuzz_target!(|file: &[u8]| {
    let Ok(entries) = read(file) else { return };
    for entry in &entries {
        assert!(entry.text.len() <= MOST_TEXT_BYTES);
        let query = entry.text.get(..entry.text.len() / 2).and_then(Query::read);
        let places = query.and_then(|query| query.places_in(&entry.text));
        for place in places.unwrap_or_default() {
            assert!(entry.text.get(place).is_some_and(|found| !found.is_empty()));
        }
    }
    let files = write(&entries, 0);
    let again: Vec<_> =
        files.iter().flat_map(|file| read(file.as_bytes()).expect("written")).collect();
    assert_eq!(again, entries);
});
