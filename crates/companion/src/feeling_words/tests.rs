//! What tells of a feeling and what only looks like it, a line each.

use std::cmp::Ordering::{Equal, Greater, Less};

use unicode_normalization::UnicodeNormalization;

use super::read;

#[track_caller]
fn check(rows: &str, expected: std::cmp::Ordering) {
    for text in rows.lines().map(str::trim).filter(|line| !line.is_empty()) {
        let valence = read(text).unwrap_or_default();
        assert_eq!(valence.total_cmp(&0.0), expected, "{text:?} reads as {valence}");
    }
}

#[test]
fn in_korean_what_hurts_is_heard() {
    check(
        "슬퍼
         너무 슬퍼요
         나 오늘 너무 슬퍼
         너무슬퍼
         슬프다
         슬프네요
         슬픕니다
         슬픈데 어떡하지
         슬펐어
         오늘은 좀 우울해
         하루 종일 우울했어요
         외로워
         요즘 정말 외롭네
         외로운데 연락할 사람이 없어
         힘들어
         오늘따라 너무 힘드네
         하아 너무 많이 힘드네 ㅜㅜ
         취업 준비 때문에 힘들어 죽겠어
         힘듭니다.
         힘들었어요
         속상해
         으아 속상해
         눈물이 나
         자꾸 눈물이 나요
         눈물난다
         눈물이 계속 흘러
         어젯밤에 펑펑 울었어
         울고 싶어
         마음이 아파
         마음이 너무 아프다
         짜증 나
         진짜 짜증나
         화가 나요
         지쳤어
         이제 너무 지쳐가네ㅠ
         피곤해서 못 일어나겠어
         내일 발표라서 불안해요
         연락이 안 오면 걱정돼
         걱정이야
         후회돼
         기분이 나빠
         기분이 안 좋아
         기분이 별로 좋지 않아
         죽고 싶어
         살기 싫어
         할머니가 그리워
         행복하지 않아
         재회했는데 행복하지 않네
         안 행복해
         나 왜 이렇게 슬프지?
         왜 이렇게 힘들어?
         스트레스 받아
         슬퍼진다",
        Less,
    );
}

#[test]
fn in_korean_what_gladdens_is_heard() {
    check(
        "행복해
         요즘 너무 행복해요
         행복했어
         기뻐
         정말 기쁘다
         기쁩니다
         신나
         신난다!
         신이 나요
         내일 여행 가서 설레
         너무 설레서 잠이 안 와
         뿌듯하네
         고마워
         벨라야 고마워
         정말 고맙습니다
         감사합니다
         오늘 기분 좋아
         기분이 정말 좋아요
         즐거웠어요
         다행이다
         만나서 반가워
         기대돼
         안 슬퍼
         이제 슬프지 않아
         별로 안 힘들어
         안힘들어
         하나도 안 무서워",
        Greater,
    );
}

#[test]
fn in_korean_what_is_not_ones_own_feeling_says_nothing() {
    check(
        "슬픈 영화 추천해 줘
         행복한 인생
         슬픔이란 뭘까
         그 친구가 슬퍼해
         너 슬퍼 보여
         슬퍼 하지 마
         슬퍼하지 마
         슬프지 않은 영화 알려 줘
         너 지금 슬퍼?
         행복하니?
         많이 힘들지
         연예인도 힘들겠다
         좋아하는 사람이 행복했으면 좋겠다
         행복하고 싶다
         행복해지고 싶어
         행복하면 좋겠어
         이런 영화는 찾기 힘들어
         트위터 보면 다 행복해보여
         부디 행복해 주세요
         행복했던 시절
         화요일에 만나
         정신나간 소리
         프랑스의 수도는 어디예요?
         지금 몇 시야
         의외로 재미있다
         나를 설레게하는사람
         안녕",
        Equal,
    );
}

#[test]
fn in_english_what_hurts_is_heard() {
    check(
        "I'm so sad
         I’m sad.
         im sad
         I am very sad today
         I feel lonely
         I've been feeling really lonely lately
         feeling down
         I feel so empty inside
         i feel like crying
         I'm crying
         I can't stop crying
         I cried all night
         so sad
         Sad today
         sad and lonely
         I am exhausted
         I'm really tired and stressed
         I was devastated
         that makes me sad
         It made me so angry
         I'm not happy
         I am no longer happy here
         I don't feel good
         I had a bad day
         I want to die
         I hate my life
         Why am I so sad?
         I miss my grandmother
         I'm a bit worried about tomorrow
         my dog died and I'm heartbroken
         I'm depressed",
        Less,
    );
}

#[test]
fn in_english_what_gladdens_is_heard() {
    check(
        "I'm happy
         I am so happy today!
         I feel great
         I'm really excited about the trip
         so excited
         Thank you
         thank you so much, Bella
         Okay, thanks!
         you made my day
         That makes me happy
         I was thrilled
         I'm proud of myself
         I feel much better
         best day ever
         I'm not sad
         I am not sad anymore
         I don't feel lonely",
        Greater,
    );
}

#[test]
fn in_english_what_is_not_ones_own_feeling_says_nothing() {
    check(
        "a sad movie
         tell me a sad story
         happy birthday to you
         Happy new year
         are you happy?
         Am I sad?
         she is sad
         my friend is depressed
         I want to be happy
         I wish I was happy
         if I'm sad, what should I do
         do you think I'm angry
         the happy prince
         thanks to the weather we stayed
         thanks largely to you
         it is slow, cheerful, built to please everybody
         worthless, from its first frame to its last
         a tired, predictable variation
         no thanks
         send a thank you note to Jane
         I am down for pizza
         How do I make a good cup of tea?
         play some happy music
         I make sad songs
         what does lonely mean
         it doesn't make me sad
         good morning",
        Equal,
    );
}

#[test]
fn where_somebody_arrived_counts_most() {
    let read = |text| read(text).unwrap_or_default();
    assert!(read("힘들었어. 그래도 지금은 행복해!") > 0.0);
    assert!(read("I was happy. Now I'm so lonely.") < 0.0);
    assert_eq!(read("I'm sad, I'm a bit lonely."), read("I'm sad."));
}

#[test]
fn more_is_more_and_less_is_less() {
    let read = |text| read(text).unwrap_or_default().abs();
    for (more, plain, less) in [
        ("너무 슬퍼", "슬퍼", "조금 슬퍼"),
        ("I'm so sad", "I'm sad", "I'm a bit sad"),
        ("I am really happy", "I am happy", "I am a little happy"),
    ] {
        assert!(read(more) > read(plain), "{more}");
        assert!(read(plain) > read(less), "{less}");
        assert!(read(more) <= 1.0, "{more}");
    }
}

#[test]
fn letters_may_come_taken_apart() {
    let apart: String = "너무 슬퍼".nfd().collect();
    assert_ne!(apart, "너무 슬퍼");
    assert_eq!(read(&apart), read("너무 슬퍼"));
}

#[test]
fn whatever_comes_is_read_without_a_fall() {
    for text in ["", "   ", "'", "’’", "i", "안", "ㅠㅠ", "\u{0}", "🙂", "지 지 지 않", "not"]
    {
        assert_eq!(read(text), None, "{text:?}");
    }
    let long = "너무 힘들지 않고 i am not very ".repeat(20_000);
    assert!(read(&long).is_some());
}
