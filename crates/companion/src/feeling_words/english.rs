//! Feelings in English.
//!
//! An adjective of feeling counts where it belongs to an "I" ("I've been so sad",
//! "it makes me happy") or stands alone as people write it ("so sad today"). Some
//! words tell of a feeling only beside "feel": "I feel great", but "I am down for it".

const ADJECTIVES: &[(&str, f32)] = &[
    ("sad", -0.8),
    ("unhappy", -0.7),
    ("lonely", -0.8),
    ("alone", -0.6),
    ("depressed", -0.9),
    ("miserable", -0.9),
    ("heartbroken", -0.9),
    ("devastated", -1.0),
    ("hopeless", -0.9),
    ("worthless", -0.9),
    ("upset", -0.6),
    ("exhausted", -0.6),
    ("tired", -0.4),
    ("drained", -0.6),
    ("overwhelmed", -0.6),
    ("stressed", -0.6),
    ("anxious", -0.6),
    ("worried", -0.5),
    ("scared", -0.6),
    ("frightened", -0.6),
    ("terrified", -0.8),
    ("nervous", -0.4),
    ("ashamed", -0.6),
    ("guilty", -0.5),
    ("hurt", -0.6),
    ("angry", -0.6),
    ("furious", -0.8),
    ("frustrated", -0.6),
    ("annoyed", -0.5),
    ("disappointed", -0.5),
    ("jealous", -0.4),
    ("homesick", -0.6),
    ("crying", -0.8),
    ("sobbing", -0.8),
    ("grieving", -0.9),
    ("suffering", -0.8),
    ("struggling", -0.6),
    ("happy", 0.8),
    ("glad", 0.6),
    ("excited", 0.7),
    ("thrilled", 0.9),
    ("delighted", 0.8),
    ("overjoyed", 1.0),
    ("ecstatic", 1.0),
    ("joyful", 0.9),
    ("cheerful", 0.7),
    ("grateful", 0.6),
    ("thankful", 0.6),
    ("proud", 0.6),
    ("relieved", 0.5),
    ("pleased", 0.5),
    ("hopeful", 0.5),
];

/// They tell of a feeling only beside "feel".
const FELT: &[(&str, f32)] = &[
    ("down", -0.6),
    ("blue", -0.6),
    ("low", -0.6),
    ("bad", -0.6),
    ("awful", -0.7),
    ("terrible", -0.7),
    ("horrible", -0.7),
    ("empty", -0.7),
    ("numb", -0.7),
    ("lost", -0.5),
    ("useless", -0.7),
    ("sick", -0.4),
    ("good", 0.5),
    ("great", 0.7),
    ("better", 0.4),
    ("wonderful", 0.8),
    ("amazing", 0.8),
    ("fantastic", 0.8),
];

const PHRASES: &[(&str, f32)] = &[
    ("i want to die", -1.0),
    ("i wanna die", -1.0),
    ("kill myself", -1.0),
    ("hate my life", -1.0),
    ("i hate myself", -1.0),
    ("tired of living", -1.0),
    ("feel like crying", -0.8),
    ("want to cry", -0.8),
    ("cant stop crying", -0.9),
    ("i cried", -0.7),
    ("in tears", -0.6),
    ("broke my heart", -0.8),
    ("my heart hurts", -0.8),
    ("my heart is broken", -0.9),
    ("i miss him", -0.5),
    ("i miss her", -0.5),
    ("i miss them", -0.5),
    ("i miss my", -0.5),
    ("im burned out", -0.6),
    ("im burnt out", -0.6),
    ("im worn out", -0.6),
    ("had a bad day", -0.5),
    ("having a bad day", -0.5),
    ("had a rough day", -0.5),
    ("had a terrible day", -0.7),
    ("nobody likes me", -0.8),
    ("in a bad mood", -0.5),
    ("in a good mood", 0.6),
    ("im over the moon", 0.9),
    ("best day ever", 0.8),
    ("best day of my life", 0.9),
    ("made my day", 0.8),
    ("i love you", 0.7),
    ("cant wait", 0.5),
];

/// Said to whom one speaks with, so only at the beginning.
const THANKS: &[(&str, f32)] = &[("thank you", 0.5), ("thanks", 0.4), ("many thanks", 0.5)];

const MORE: &[&str] = &[
    "so",
    "very",
    "really",
    "too",
    "extremely",
    "incredibly",
    "super",
    "totally",
    "completely",
    "absolutely",
    "terribly",
    "such",
    "damn",
    "much",
];
const LESS: &[&str] = &["bit", "little", "kinda", "somewhat", "slightly"];
const BETWEEN: &[&str] = &[
    "a",
    "kind",
    "of",
    "sort",
    "just",
    "still",
    "all",
    "quite",
    "pretty",
    "rather",
    "always",
    "often",
    "also",
    "and",
    "or",
    "even",
    "more",
    "now",
    "actually",
    "honestly",
    "have",
    "ve",
    "do",
    "did",
    "been",
    "am",
    "m",
    "was",
    "get",
    "got",
    "getting",
    "both",
    "currently",
    "again",
];
const FEEL: &[&str] = &["feel", "felt", "feeling"];
const NOT: &[&str] = &[
    "not", "never", "no", "longer", "dont", "didnt", "wasnt", "aint", "havent", "doesnt", "wont",
    "cant", "isnt", "hardly", "t",
];
const VERBS: &[&str] = &["am", "m", "was", "been", "get", "got", "getting"];
const MAKES: &[&str] = &["make", "makes", "made", "making", "get", "gets", "got", "has", "keeps"];
/// Whatever is said after one of these is not so, or not said by oneself.
const NOT_SO: &[&str] = &[
    "if", "wish", "unless", "pretend", "think", "thinks", "says", "said", "when", "whenever",
    "until", "act", "saying", "tweet",
];
/// After a feeling that stands alone.
const AFTER: &[&str] = &[
    "today", "tonight", "now", "right", "again", "lately", "inside", "here", "about", "this",
    "that", "it", "all", "the", "time", "so", "much", "these", "days", "morning", "evening", "and",
    "bella",
];
const AFTER_THANKS: &[&str] = &[
    "so", "very", "a", "for", "again", "bella", "that", "i", "my", "dear", "really", "much", "and",
];
const ADDRESS: &[&str] =
    &["oh", "ok", "okay", "well", "so", "and", "but", "hey", "bella", "aw", "wow"];

/// How many words are looked at before a feeling.
const FAR_BACK: usize = 10;

/// See the same of Korean.
const DENIED_GOOD: f32 = -0.7;
const DENIED_BAD: f32 = -0.3;

/// `is_simple`: the sentence has no other part that it could be a list with.
pub(super) fn read(words: &[&str], is_question: bool, is_simple: bool) -> Option<f32> {
    let asks_oneself = words.windows(3).any(|three| three == ["why", "am", "i"]);
    if is_question && !asks_oneself {
        return None;
    }
    let words: Vec<String> = words.iter().map(|word| word.replace(['\'', '’'], "")).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|it| !it.is_empty()).collect();
    let told = (0..words.len()).filter_map(|at| {
        thanks(&words, at)
            .or_else(|| phrase(&words, at))
            .or_else(|| adjective(&words, at, is_simple))
    });
    told.reduce(super::combine)
}

fn begins(words: &[&str], at: usize, phrase: &str) -> bool {
    let mut words = words.iter().skip(at);
    phrase.split(' ').all(|wanted| words.next() == Some(&wanted))
}

fn thanks(words: &[&str], at: usize) -> Option<f32> {
    let (phrase, valence) = THANKS.iter().find(|(phrase, _)| begins(words, at, phrase))?;
    let is_first = words.iter().take(at).all(|word| ADDRESS.contains(word));
    let next = words.get(at + phrase.split(' ').count());
    (is_first && next.is_none_or(|next| AFTER_THANKS.contains(next))).then_some(*valence)
}

fn phrase(words: &[&str], at: usize) -> Option<f32> {
    let (_, valence) = PHRASES.iter().find(|(phrase, _)| begins(words, at, phrase))?;
    let before = words.get(..at)?;
    let is_so = is_so(before) && !before.last().is_some_and(|word| NOT.contains(word));
    is_so.then_some(*valence)
}

fn is_so(before: &[&str]) -> bool {
    !before.iter().rev().take(FAR_BACK).any(|word| NOT_SO.contains(word))
}

/// What stands before an adjective, read backwards.
#[derive(Default)]
struct Before {
    denied: bool,
    is_felt: bool,
    strength: f32,
    /// How many words of the clause are left before it.
    left: usize,
}

fn adjective(words: &[&str], at: usize, is_simple: bool) -> Option<f32> {
    let word = words.get(at)?;
    let find = |list: &[(&str, f32)]| list.iter().find(|(it, _)| it == word).map(|(_, it)| *it);
    let (valence, only_felt) =
        find(ADJECTIVES).map(|it| (it, false)).or_else(|| find(FELT).map(|it| (it, true)))?;
    let before = look_back(words.get(..at)?);
    if only_felt && !before.is_felt || !is_ones_own(words, at, &before, is_simple) {
        return None;
    }
    let valence = (valence * before.strength).clamp(-1.0, 1.0);
    Some(match before.denied {
        false => valence,
        true if valence > 0.0 => valence * DENIED_GOOD,
        true => valence * DENIED_BAD,
    })
}

fn look_back(words: &[&str]) -> Before {
    let mut before = Before { strength: 1.0, left: words.len(), ..Before::default() };
    for word in words.iter().rev().take(FAR_BACK) {
        let is_feeling = ADJECTIVES.iter().any(|(it, _)| it == word);
        if MORE.contains(word) {
            before.strength = 1.2;
        } else if LESS.contains(word) {
            before.strength = 0.6;
        } else if NOT.contains(word) {
            before.denied = true;
        } else if FEEL.contains(word) {
            before.is_felt = true;
        } else if !BETWEEN.contains(word) && !is_feeling {
            break;
        }
        before.left -= 1;
    }
    before
}

fn is_ones_own(words: &[&str], at: usize, before: &Before, is_simple: bool) -> bool {
    let left = words.get(..before.left).unwrap_or_default();
    let between = words.get(before.left..at).unwrap_or_default();
    // "A sad film": it belongs to the film.
    if between.last() == Some(&"a") {
        return false;
    }
    let Some((subject, earlier)) = left.split_last() else {
        let after = words.get(at + 1..).unwrap_or_default();
        // The "I" that people leave out.
        return matches!(between.first(), Some(&"am" | &"feeling"))
            || is_simple
                && after
                    .iter()
                    .all(|it| AFTER.contains(it) || ADJECTIVES.iter().any(|(is, _)| is == it));
    };
    match *subject {
        "im" | "ive" => is_so(earlier),
        "i" => {
            let has_verb = between.iter().any(|it| VERBS.contains(it) || FEEL.contains(it));
            (has_verb || earlier.ends_with(&["why", "am"])) && is_so(earlier)
        }
        "me" => earlier.split_last().is_some_and(|(verb, earlier)| {
            let does = !earlier.last().is_some_and(|word| NOT.contains(word));
            MAKES.contains(verb) && does && is_so(earlier)
        }),
        _ => false,
    }
}
