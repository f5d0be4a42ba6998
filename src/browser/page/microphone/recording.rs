//! What was heard and who is to have it: the last seconds of sound, and streams that
//! take it from some moment on, piece by piece.
//!
//! Time is counted in samples since the microphone opened, so that pieces of a stream
//! join without a gap whatever the clock does.

use super::ring::Ring;

/// How far back a stream may begin.
const KEPT_SECONDS: usize = 20;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StreamId(u64);

/// `T` is whoever takes a stream's pieces.
#[derive(Debug)]
pub struct Recording<T> {
    rate: u32,
    is_open: bool,
    ring: Ring,
    streams: Vec<Stream<T>>,
    begun: u64,
}

#[derive(Debug)]
struct Stream<T> {
    id: StreamId,
    take: T,
    /// Up to where it was handed over.
    sent: u64,
    /// Where it is to end, once that is known.
    until: Option<u64>,
    /// Its first piece comes at once, even if there is no sound in it yet.
    is_new: bool,
    /// Nothing more can come.
    is_over: bool,
}

/// Sound for whoever takes it; nothing follows the last.
#[derive(Clone, Debug, PartialEq)]
pub struct Piece<T> {
    pub take: T,
    pub sound: Vec<f32>,
    pub is_last: bool,
}

impl<T> Default for Recording<T> {
    fn default() -> Self {
        let (ring, streams) = (Ring::default(), Vec::new());
        Self { rate: 0, is_open: false, ring, streams, begun: 0 }
    }
}

impl<T: Clone> Recording<T> {
    /// Begins to count from zero.
    pub fn open(&mut self, rate: u32) {
        self.close();
        self.rate = rate;
        self.is_open = true;
        self.ring = Ring::new(KEPT_SECONDS * rate as usize);
    }

    /// Forgets the sound; every stream gets its last piece.
    pub fn close(&mut self) {
        self.is_open = false;
        self.ring.forget();
        self.streams.iter_mut().for_each(|stream| stream.is_over = true);
    }

    pub fn hear(&mut self, samples: &[f32]) {
        if self.is_open {
            self.ring.push(samples);
        }
    }

    /// Seconds heard since the microphone opened.
    pub fn heard_s(&self) -> f64 {
        match self.rate {
            0 => 0.0,
            rate => self.ring.end() as f64 / f64::from(rate),
        }
    }

    /// A stream of everything since then that is still kept, and of what follows.
    pub fn begin(&mut self, from_s: f64, take: T) -> StreamId {
        let id = StreamId(self.begun);
        self.begun += 1;
        let sent = self.place(from_s).clamp(self.ring.start(), self.ring.end());
        let is_over = !self.is_open;
        self.streams.push(Stream { id, take, sent, until: None, is_new: true, is_over });
        id
    }

    /// The stream goes on up to there, or ends here if that is over already.
    pub fn end(&mut self, id: StreamId, until_s: Option<f64>) {
        let until = until_s.map_or(self.ring.end(), |until_s| self.place(until_s));
        for stream in self.streams.iter_mut().filter(|stream| stream.id == id) {
            stream.until = Some(until);
        }
    }

    /// The stream ends without a last piece.
    pub fn drop_stream(&mut self, id: StreamId) {
        self.streams.retain(|stream| stream.id != id);
    }

    /// What is to be handed over next, until there is nothing. Between two of them
    /// streams may begin and end.
    pub fn next_piece(&mut self) -> Option<Piece<T>> {
        let end = self.ring.end();
        let at = self.streams.iter().position(|stream| stream.is_due(end))?;
        let stream = &mut self.streams[at];
        let from = stream.sent;
        let to = stream.to(end);
        let is_last = stream.is_last(end);
        stream.sent = to;
        stream.is_new = false;
        let take = stream.take.clone();
        if is_last {
            self.streams.remove(at);
        }
        Some(Piece { take, sound: self.ring.copy(from, to), is_last })
    }

    /// The sample at that second; there are none before the first.
    fn place(&self, seconds: f64) -> u64 {
        (seconds * f64::from(self.rate)).round() as u64
    }
}

impl<T> Stream<T> {
    fn is_due(&self, end: u64) -> bool {
        self.is_new || self.is_last(end) || self.to(end) > self.sent
    }

    fn is_last(&self, end: u64) -> bool {
        self.is_over || self.until.is_some_and(|until| until <= end.max(self.sent))
    }

    /// Up to where it can be handed over. What counts anew is none of an earlier one's.
    fn to(&self, end: u64) -> u64 {
        let until = if self.is_over { Some(self.sent) } else { self.until };
        until.map_or(end, |until| until.min(end)).max(self.sent)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Ten samples a second.
    const RATE: u32 = 10;

    fn opened() -> Recording<char> {
        let mut recording = Recording::default();
        recording.open(RATE);
        recording
    }

    /// Hears the numbers up to this many, counted since the opening.
    fn hear(recording: &mut Recording<char>, up_to: u64) {
        let piece: Vec<f32> = (recording.ring.end()..up_to).map(|it| it as f32).collect();
        recording.hear(&piece);
    }

    /// Everything that is to be handed over, as "who: from..to", with a stop after
    /// the last.
    fn handed_over(recording: &mut Recording<char>) -> Vec<String> {
        let pieces = std::iter::from_fn(|| recording.next_piece());
        pieces
            .map(|Piece { take, sound, is_last }| {
                let stop = if is_last { "." } else { "" };
                match (sound.first(), sound.last()) {
                    (Some(first), Some(last)) => {
                        assert_eq!(sound.len() as f32, last - first + 1.0, "{sound:?}");
                        format!("{take}: {first}..{}{stop}", last + 1.0)
                    }
                    _ => format!("{take}: nothing{stop}"),
                }
            })
            .collect()
    }

    #[track_caller]
    fn check(recording: &mut Recording<char>, expected: &[&str]) {
        assert_eq!(handed_over(recording), expected);
    }

    #[test]
    fn a_stream_begins_with_what_was_heard_before() {
        for (from_s, expected) in [
            (0.5, "a: 5..30"),
            (0.0, "a: 0..30"),
            (-3.0, "a: 0..30"),
            (f64::NAN, "a: 0..30"),
            (2.96, "a: nothing"),
            (7.0, "a: nothing"),
            (f64::INFINITY, "a: nothing"),
        ] {
            let mut recording = opened();
            hear(&mut recording, 30);
            recording.begin(from_s, 'a');
            check(&mut recording, &[expected]);
        }
    }

    #[test]
    fn only_the_last_seconds_can_be_had() {
        let mut recording = opened();
        hear(&mut recording, 250);
        assert_eq!(recording.heard_s(), 25.0);
        recording.begin(1.0, 'a');
        check(&mut recording, &["a: 50..250"]);
    }

    #[test]
    fn every_piece_follows_the_one_before() {
        let mut recording = opened();
        hear(&mut recording, 7);
        recording.begin(0.4, 'a');
        check(&mut recording, &["a: 4..7"]);
        hear(&mut recording, 10);
        recording.begin(0.9, 'b');
        check(&mut recording, &["a: 7..10", "b: 9..10"]);
        hear(&mut recording, 12);
        check(&mut recording, &["a: 10..12", "b: 10..12"]);
        check(&mut recording, &[]);
    }

    #[test]
    fn a_stream_ends_where_it_is_told_to() {
        for (until_s, at_once, later) in [
            (None, &["a: nothing."][..], &[][..]),
            (Some(0.5), &["a: nothing."], &[]),
            (Some(1.0), &["a: nothing."], &[]),
            (Some(f64::NAN), &["a: nothing."], &[]),
            (Some(1.2), &[], &["a: 10..12."]),
            (Some(1.5), &[], &["a: 10..15."]),
            (Some(9.0), &[], &["a: 10..15"]),
        ] {
            let mut recording = opened();
            hear(&mut recording, 10);
            let stream = recording.begin(0.0, 'a');
            check(&mut recording, &["a: 0..10"]);
            recording.end(stream, until_s);
            assert_eq!(handed_over(&mut recording), at_once, "{until_s:?}");
            hear(&mut recording, 15);
            assert_eq!(handed_over(&mut recording), later, "{until_s:?}");
        }
    }

    #[test]
    fn a_stream_can_end_before_its_first_piece_was_taken() {
        let mut recording = opened();
        hear(&mut recording, 10);
        let stream = recording.begin(0.2, 'a');
        recording.end(stream, Some(0.6));
        check(&mut recording, &["a: 2..6."]);
    }

    #[test]
    fn closing_ends_every_stream_even_one_that_waits() {
        let mut recording = opened();
        hear(&mut recording, 10);
        let waits = recording.begin(0.0, 'a');
        recording.end(waits, Some(5.0));
        recording.begin(0.8, 'b');
        check(&mut recording, &["a: 0..10", "b: 8..10"]);
        recording.close();
        check(&mut recording, &["a: nothing.", "b: nothing."]);
        hear(&mut recording, 20);
        check(&mut recording, &[]);
    }

    #[test]
    fn opening_again_counts_anew_and_ends_what_was_before() {
        let mut recording = opened();
        hear(&mut recording, 100);
        recording.begin(0.0, 'a');
        recording.open(RATE);
        assert_eq!(recording.heard_s(), 0.0);
        hear(&mut recording, 3);
        recording.begin(0.0, 'b');
        check(&mut recording, &["a: nothing.", "b: 0..3"]);
    }

    #[test]
    fn without_a_microphone_a_stream_is_over_at_once() {
        let mut recording = Recording::default();
        recording.begin(0.0, 'a');
        check(&mut recording, &["a: nothing."]);
        assert_eq!(recording.heard_s(), 0.0);
    }

    #[test]
    fn a_stream_that_is_dropped_hears_no_more() {
        let mut recording = opened();
        let stream = recording.begin(0.0, 'a');
        hear(&mut recording, 5);
        recording.drop_stream(stream);
        recording.end(stream, None);
        hear(&mut recording, 10);
        check(&mut recording, &[]);
    }
}
