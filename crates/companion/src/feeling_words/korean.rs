//! Feelings in Korean.
//!
//! A predicate of feeling in its plain form is the speaker's own; of others one says
//! that they look so or act so. So it is enough to know a predicate by its stem and
//! to allow it only the endings of somebody who states something.

use crate::hangul::{self, Final};

/// A predicate, perhaps with the noun that it needs ("눈물이 나").
struct Predicate {
    noun: &'static str,
    /// Stems before consonants: 외롭 and, before vowels that swallow the ㅂ, 외로우.
    stems: &'static [&'static str],
    /// The form that ends in 아 or 어, as it is said among friends.
    open: &'static str,
    valence: f32,
}

const fn feels(stems: &'static [&'static str], open: &'static str, valence: f32) -> Predicate {
    Predicate { noun: "", stems, open, valence }
}

const fn with(
    noun: &'static str,
    stems: &'static [&'static str],
    open: &'static str,
    valence: f32,
) -> Predicate {
    Predicate { noun, stems, open, valence }
}

const PREDICATES: &[Predicate] = &[
    feels(&["슬프"], "슬퍼", -0.8),
    feels(&["서글프"], "서글퍼", -0.7),
    feels(&["외롭", "외로우"], "외로워", -0.8),
    feels(&["쓸쓸하"], "쓸쓸해", -0.6),
    feels(&["우울하"], "우울해", -0.8),
    feels(&["울적하"], "울적해", -0.7),
    feels(&["힘들", "힘드"], "힘들어", -0.7),
    feels(&["괴롭", "괴로우"], "괴로워", -0.8),
    feels(&["서럽", "서러우"], "서러워", -0.8),
    feels(&["비참하"], "비참해", -0.8),
    feels(&["속상하"], "속상해", -0.7),
    feels(&["서운하"], "서운해", -0.5),
    feels(&["억울하"], "억울해", -0.6),
    feels(&["허전하"], "허전해", -0.6),
    feels(&["공허하"], "공허해", -0.7),
    feels(&["허무하"], "허무해", -0.6),
    feels(&["막막하"], "막막해", -0.6),
    feels(&["답답하"], "답답해", -0.5),
    feels(&["불안하"], "불안해", -0.6),
    feels(&["두렵", "두려우"], "두려워", -0.6),
    feels(&["무섭", "무서우"], "무서워", -0.6),
    feels(&["그립", "그리우"], "그리워", -0.6),
    feels(&["창피하"], "창피해", -0.5),
    feels(&["지치"], "지쳐", -0.6),
    feels(&["피곤하"], "피곤해", -0.5),
    feels(&["아프"], "아파", -0.5),
    with("마음", &["아프"], "아파", -0.8),
    with("맘", &["아프"], "아파", -0.8),
    with("가슴", &["아프"], "아파", -0.8),
    with("마음", &["무겁", "무거우"], "무거워", -0.6),
    with("눈물", &["나"], "나", -0.8),
    with("눈물", &["흐르"], "흘러", -0.8),
    with("펑펑", &["울", "우"], "울어", -0.8),
    with("엉엉", &["울", "우"], "울어", -0.8),
    with("밤새", &["울", "우"], "울어", -0.8),
    with("울고", &["싶"], "싶어", -0.8),
    with("죽고", &["싶"], "싶어", -1.0),
    // "죽고 싶다는 생각이 들어"
    with("죽고", &["싶"], "싶다는", -1.0),
    with("사라지고", &["싶"], "싶어", -1.0),
    with("살기", &["싫"], "싫어", -1.0),
    with("짜증", &["나"], "나", -0.6),
    with("화", &["나"], "나", -0.6),
    with("걱정", &["되"], "돼", -0.5),
    with("걱정", &["이"], "이야", -0.5),
    with("후회", &["되"], "돼", -0.5),
    with("후회", &["하"], "해", -0.5),
    with("스트레스", &["받"], "받아", -0.5),
    with("기분", &["나쁘"], "나빠", -0.6),
    with("기분", &["더럽", "더러우"], "더러워", -0.7),
    with("기분", &["좋"], "좋아", 0.7),
    with("마음", &["편하"], "편해", 0.5),
    with("가슴", &["벅차"], "벅차", 0.7),
    feels(&["행복하"], "행복해", 0.9),
    feels(&["기쁘"], "기뻐", 0.9),
    feels(&["즐겁", "즐거우"], "즐거워", 0.7),
    with("신", &["나"], "나", 0.8),
    feels(&["설레"], "설레", 0.6),
    feels(&["뿌듯하"], "뿌듯해", 0.7),
    feels(&["흐뭇하"], "흐뭇해", 0.6),
    feels(&["홀가분하"], "홀가분해", 0.6),
    feels(&["든든하"], "든든해", 0.5),
    feels(&["편안하"], "편안해", 0.4),
    feels(&["반갑", "반가우"], "반가워", 0.5),
    feels(&["고맙", "고마우"], "고마워", 0.5),
    feels(&["감사하"], "감사해", 0.5),
    with("다행", &["이"], "이야", 0.4),
    with("기대", &["되"], "돼", 0.5),
];

/// What may follow a stem in a statement. Not 지 and 죠, which look for agreement, nor
/// anything that quotes, wishes or supposes (다고, 면, 겠다).
const AFTER_STEM: &[&str] = &[
    "다",
    "네",
    "네요",
    "고",
    "고요",
    "구나",
    "군",
    "군요",
    "지만",
    "거든",
    "거든요",
    "니까",
    "더라",
    "더라고",
    "더라고요",
    "기만해",
    "기도해",
    "습니다",
    "은데",
    "은데요",
    "에요",
];
/// The same among those who ask themselves why.
const AFTER_STEM_WONDERING: &[&str] = &["지", "죠", "지요", "냐", "나", "나요"];
const AFTER_OPEN: &[&str] = &[
    "",
    "요",
    "서",
    "서요",
    "져",
    "져요",
    "졌어",
    "졌어요",
    "졌다",
    "진다",
    "지네",
    "지네요",
    "가",
    "가네",
    "가네요",
    "간다",
    "죽겠어",
    "죽겠어요",
    "죽겠다",
    "죽겠네",
    "미치겠어",
    "미치겠다",
];
const AFTER_PAST: &[&str] = &[
    "어",
    "어요",
    "다",
    "습니다",
    "는데",
    "는데요",
    "지만",
    "고",
    "네",
    "네요",
    "거든",
    "거든요",
    "음",
];
const BEFORE_NOT: &[&str] = &["지", "진", "지는", "지도", "지가", "질"];
/// Words that may stand between a noun and its predicate, or before a feeling.
const MORE: &[&str] = &[
    "너무너무",
    "너무",
    "정말",
    "진짜",
    "넘",
    "완전",
    "엄청",
    "되게",
    "무척",
    "굉장히",
    "참",
    "많이",
    "매우",
    "몹시",
    "자꾸",
    "계속",
];
const LESS: &[&str] = &["좀", "조금", "약간", "살짝"];
/// The last three only ever come with a denial of their own, so that two are one.
const NOT: &[&str] = &["안", "못", "전혀", "별로", "하나도"];
const PARTICLES: &[&str] = &["", "이", "가", "은", "는", "도", "만", "을", "를"];

const MUCH: f32 = 1.2;
const A_LITTLE: f32 = 0.6;
/// A feeling that is denied is not the opposite feeling; but who is not happy is
/// rather unhappy.
const DENIED_GOOD: f32 = -0.7;
const DENIED_BAD: f32 = -0.3;

pub(super) fn read(words: &[&str], is_question: bool) -> Option<f32> {
    let asks_why = words.iter().any(|it| ["왜", "왤케"].contains(it) || it.starts_with("왜이"));
    let asks_oneself =
        asks_why && !words.iter().any(|it| ["너", "넌", "너는", "네가", "니가"].contains(it));
    if is_question && !asks_oneself {
        return None;
    }
    let told = (0..words.len()).filter_map(|at| {
        let place = Place::at(words, at, asks_oneself)?;
        PREDICATES.iter().filter_map(|it| it.told(&place)).reduce(super::combine)
    });
    told.reduce(super::combine)
}

/// A word and what stands around it.
#[derive(Clone, Copy)]
struct Place<'a> {
    word: &'a str,
    after: &'a [&'a str],
    asks_oneself: bool,
    denied: bool,
    strength: f32,
    /// "찾기 힘들어" says how hard a thing is.
    is_about_doing: bool,
}

impl<'a> Place<'a> {
    fn at(words: &'a [&'a str], at: usize, asks_oneself: bool) -> Option<Self> {
        let (before, after) = (words.get(..at)?, words.get(at + 1..)?);
        let last = before.last().copied().unwrap_or_default();
        let place = Self {
            word: words.get(at)?,
            after,
            asks_oneself,
            denied: NOT.contains(&last),
            strength: strength_of(before),
            is_about_doing: is_about_doing(last),
        };
        // "너무슬퍼": written in one.
        Some(match MORE.iter().find_map(|more| place.word.strip_prefix(more)) {
            Some(word) => Self { word, strength: MUCH, ..place }.without_not(),
            None => place.without_not(),
        })
    }

    /// "안슬퍼"
    fn without_not(self) -> Self {
        match self.word.strip_prefix('안') {
            Some(word) => Self { word, denied: true, ..self },
            None => self,
        }
    }

    /// The next word that is neither an adverb nor a denial.
    fn next(self) -> Option<Self> {
        let (word, after) = self.after.split_first()?;
        let next = Self { word, after, ..self };
        match NOT.contains(word) {
            true => Self { denied: true, ..next }.next(),
            false if MORE.contains(word) => Self { strength: MUCH, ..next }.next(),
            false if LESS.contains(word) => Self { strength: A_LITTLE, ..next }.next(),
            false => Some(next.without_not()),
        }
    }
}

impl Predicate {
    /// What it tells if it begins here.
    fn told(&self, place: &Place) -> Option<f32> {
        let (place, stands) = match self.noun {
            "" if place.is_about_doing => return None,
            "" => (*place, self.stands(place)?),
            noun => self.stands_after(place.word.strip_prefix(noun)?, place)?,
        };
        let valence = (self.valence * place.strength).clamp(-1.0, 1.0);
        Some(match place.denied || stands == Stands::Denied {
            false => valence,
            true if valence > 0.0 => valence * DENIED_GOOD,
            true => valence * DENIED_BAD,
        })
    }

    /// The same behind a noun, of whose word `rest` is left.
    fn stands_after<'a>(&self, rest: &'a str, place: &Place<'a>) -> Option<(Place<'a>, Stands)> {
        if PARTICLES.contains(&rest)
            && let Some(next) = place.next()
            && let Some(stands) = self.stands(&next)
        {
            return Some((next, stands));
        }
        PARTICLES.iter().filter_map(|it| rest.strip_prefix(it)).find_map(|word| {
            let here = Place { word, ..*place }.without_not();
            Some((here, self.stands(&here)?))
        })
    }

    fn stands(&self, place: &Place) -> Option<Stands> {
        let word = place.word;
        let next = place.after.first().copied().unwrap_or_default();
        if let Some(rest) = word.strip_prefix(self.open)
            && AFTER_OPEN.contains(&rest)
        {
            return (!turns_it_away(next)).then_some(Stands::Said);
        }
        let past = hangul::after(word, self.open, Final::SsangSiot);
        if past.is_some_and(|rest| AFTER_PAST.contains(&rest)) {
            return Some(Stands::Said);
        }
        self.stems.iter().find_map(|stem| stands_on(stem, word, next, place.asks_oneself))
    }
}

/// How a predicate stands in its clause.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Stands {
    Said,
    Denied,
}

fn stands_on(stem: &str, word: &str, next: &str, asks_oneself: bool) -> Option<Stands> {
    let polite = hangul::after(word, stem, Final::Bieup);
    let nasal = hangul::after(word, stem, Final::Nieun);
    if polite.is_some_and(|rest| rest == "니다")
        || nasal.is_some_and(|rest| ["다", "데", "데요"].contains(&rest))
    {
        return Some(Stands::Said);
    }
    let rest = word.strip_prefix(stem)?;
    let denial = BEFORE_NOT.iter().filter_map(|it| rest.strip_prefix(it));
    let mut denial = denial.map(|rest| if rest.is_empty() { next } else { rest });
    if denial.any(states_denial) {
        return Some(Stands::Denied);
    }
    let is_said = AFTER_STEM.contains(&rest) && !(rest == "고" && next.starts_with('싶'));
    let wonders = asks_oneself && AFTER_STEM_WONDERING.contains(&rest);
    (is_said || wonders).then_some(Stands::Said)
}

fn strength_of(before: &[&str]) -> f32 {
    let near = before.iter().rev().take(2);
    near.fold(1.0, |strength, word| {
        if MORE.contains(word) {
            MUCH
        } else if LESS.contains(word) {
            A_LITTLE
        } else {
            strength
        }
    })
}

/// Somebody else's, or a wish for somebody: "슬퍼 보여", "힘들어 하더라", "행복해 주세요".
fn turns_it_away(next: &str) -> bool {
    ["보여", "보이", "보인", "보였", "하", "해", "했", "한다", "할", "주", "줘"]
        .iter()
        .any(|it| next.starts_with(it))
}

fn is_about_doing(word: &str) -> bool {
    word.chars().count() > 1
        && ["기", "기가", "기도", "기는", "기엔", "기에"].iter().any(|it| word.ends_with(it))
}

/// "않아", "않았어요", not "않은" before a noun nor "마".
fn states_denial(word: &str) -> bool {
    let rest = word.strip_prefix('않').or_else(|| word.strip_prefix("안"));
    rest.is_some_and(|rest| {
        ["아", "다", "습", "네", "았", "고", "지만", "거든", "더라", "은데"]
            .iter()
            .any(|it| rest.starts_with(it))
    })
}
