//! GGUF headers, good and bad.

use bella_weights::gguf::{TensorSpec, Writer, parse};
use bella_weights::{BlockType, FileError, Header, Metadata, Parsed, Problem};

use crate::support::samples::{gguf, sample};

pub fn whole(parsed: Parsed<Header>) -> Header {
    match parsed {
        Parsed::Whole(header) => header,
        Parsed::Incomplete { at_least } => panic!("wants {at_least} bytes"),
    }
}

#[test]
fn what_is_written_is_read_back() {
    let sample = sample();
    let file = gguf(&sample);
    let header = whole(parse(&file).expect("a valid file"));
    assert_eq!(header.metadata, sample.metadata);
    assert_eq!(header.tensors.len(), sample.tensors.len());
    for (spec, bytes) in &sample.tensors {
        let found = header.tensor(&spec.name).expect("it was written");
        assert_eq!((&found.shape, found.dtype), (&spec.shape, spec.dtype));
        assert_eq!(&file[found.offset as usize..found.end() as usize], bytes);
    }
}

#[test]
fn the_same_sample_gives_the_same_bytes() {
    assert_eq!(gguf(&sample()), gguf(&sample()));
}

#[test]
fn candle_reads_what_we_write() {
    let sample = sample();
    let file = gguf(&sample);
    let mut reader = std::io::Cursor::new(&file);
    let content = candle_core::quantized::gguf_file::Content::read(&mut reader)
        .expect("candle accepts the file");
    assert_eq!(content.metadata.len(), sample.metadata.len());
    for (spec, bytes) in &sample.tensors {
        // Q8_K is meant for activations; candle does not read it from files.
        if spec.dtype == BlockType::Q8K {
            continue;
        }
        let tensor = content
            .tensor(&mut reader, &spec.name, &candle_core::Device::Cpu)
            .expect("candle finds the tensor");
        assert_eq!(tensor.shape().dims(), spec.shape);
        assert_eq!(tensor.data().expect("plain memory").as_ref(), bytes, "{}", spec.name);
    }
}

#[test]
fn every_prefix_asks_for_more_and_gets_there() {
    let file = gguf(&sample());
    let end = whole(parse(&file).expect("a valid file")).header_bytes;
    for length in 0..end as usize {
        match parse(&file[..length]).expect("so far nothing is wrong") {
            Parsed::Incomplete { at_least } => {
                assert!(at_least > length as u64 && at_least <= end, "{length}: {at_least}");
            }
            Parsed::Whole(_) => panic!("{length} of {end} bytes cannot be all"),
        }
    }
    assert!(matches!(parse(&file[..end as usize]), Ok(Parsed::Whole(_))));
}

#[test]
fn every_flipped_bit_is_refused_or_harmless() {
    let file = gguf(&sample());
    let end = whole(parse(&file).expect("a valid file")).header_bytes as usize;
    for at in 0..end {
        for bit in 0..8 {
            let mut flipped = file.clone();
            flipped[at] ^= 1 << bit;
            match parse(&flipped) {
                Ok(Parsed::Whole(header)) => {
                    for pair in header.tensors.windows(2) {
                        assert!(pair[0].end() <= pair[1].offset, "byte {at} bit {bit}");
                    }
                }
                Ok(Parsed::Incomplete { .. }) => {}
                Err(error) => assert!(!error.field.is_empty(), "byte {at} bit {bit}: {error}"),
            }
        }
    }
}

/// A header written by hand, so that it can be wrong.
#[derive(Clone)]
struct Raw {
    version: u32,
    tensor_count: u64,
    setting_count: u64,
    body: Vec<u8>,
}

impl Raw {
    fn new() -> Self {
        Self { version: 3, tensor_count: 0, setting_count: 0, body: Vec::new() }
    }

    fn string(mut self, text: &[u8]) -> Self {
        self.body.extend((text.len() as u64).to_le_bytes());
        self.body.extend(text);
        self
    }

    fn u32(mut self, number: u32) -> Self {
        self.body.extend(number.to_le_bytes());
        self
    }

    fn u64(mut self, number: u64) -> Self {
        self.body.extend(number.to_le_bytes());
        self
    }

    fn setting(mut self, key: &str, kind: u32) -> Self {
        self.setting_count += 1;
        self.string(key.as_bytes()).u32(kind)
    }

    /// `dimensions` innermost first, as the file has them.
    fn tensor(mut self, name: &str, dimensions: &[u64], kind: u32, offset: u64) -> Self {
        self.tensor_count += 1;
        let start = self.string(name.as_bytes()).u32(dimensions.len() as u32);
        dimensions.iter().fold(start, |raw, &n| raw.u64(n)).u32(kind).u64(offset)
    }

    fn bytes(&self) -> Vec<u8> {
        let mut bytes = b"GGUF".to_vec();
        bytes.extend(self.version.to_le_bytes());
        bytes.extend(self.tensor_count.to_le_bytes());
        bytes.extend(self.setting_count.to_le_bytes());
        bytes.extend(&self.body);
        bytes
    }
}

#[test]
fn a_header_that_lies_is_refused_by_name() {
    fn check(raw: Raw, field: &str, says: &str) {
        let error = parse(&raw.bytes()).expect_err(says);
        assert_eq!(error.field, field, "{error}");
        assert!(error.problem.to_string().contains(says), "{error} should say {says:?}");
    }
    const U32: u32 = 4;
    const STRING: u32 = 8;
    const LIST: u32 = 9;
    const BOOL: u32 = 7;
    const F32: u32 = 0;
    const Q4_0: u32 = 2;
    let huge = 1 << 60;

    check(Raw { version: 1, ..Raw::new() }, "version", "version 1");
    check(Raw { version: 4, ..Raw::new() }, "version", "version 4");
    check(Raw { version: 3 << 24, ..Raw::new() }, "version", "big-endian");
    check(Raw { tensor_count: huge, ..Raw::new() }, "tensor count", "limit");
    check(Raw { setting_count: huge, ..Raw::new() }, "setting count", "limit");

    check(Raw::new().setting("", U32), "setting 0", "missing");
    check(Raw::new().setting("a", 13), "a", "unsupported type 13");
    check(Raw::new().setting("a", BOOL).u32(2), "a", "a boolean");
    check(Raw::new().setting("a", STRING).u64(huge), "a", "limit");
    check(Raw::new().setting("a", STRING).string(b"\xff\xfe"), "a", "UTF-8");
    check(Raw::new().setting("a", LIST).u32(LIST), "a", "a list of lists");
    check(Raw::new().setting("a", LIST).u32(U32).u64(huge), "a", "limit");
    check(Raw::new().setting("a", LIST).u32(STRING).u64(1).u64(huge), "a", "limit");
    check(Raw::new().setting("a", U32).u32(1).setting("a", U32).u32(1), "a", "twice");
    for alignment in [0, 3, 48, 1 << 20] {
        let raw = Raw::new().setting("general.alignment", U32).u32(alignment);
        check(raw, "general.alignment", "power of two");
    }
    let raw = Raw::new().setting("general.alignment", STRING).string(b"32");
    check(raw, "general.alignment", "an integer");

    check(Raw::new().tensor("", &[1], F32, 0), "tensor 0", "missing");
    check(Raw::new().tensor("t", &[1], 16, 0), "t", "16 (IQ2_XXS)");
    check(Raw::new().tensor("t", &[1], 4, 0), "t", "unsupported type 4");
    check(Raw::new().tensor("t", &[1; 9], F32, 0), "t", "9 dimensions");
    check(Raw::new().tensor("t", &[0, 4], F32, 0), "t", "no elements");
    check(Raw::new().tensor("t", &[huge], F32, 0), "t", "too large");
    check(Raw::new().tensor("t", &[1 << 32, 1 << 32], F32, 0), "t", "too large");
    check(Raw::new().tensor("t", &[33], Q4_0, 0), "t", "rows of 33");
    check(Raw::new().tensor("t", &[16, 2], Q4_0, 0), "t", "rows of 16");
    check(Raw::new().tensor("t", &[1], F32, 8), "t", "multiple of 32");
    check(Raw::new().tensor("t", &[1], F32, u64::MAX - 31), "t", "limit");
    let twice = Raw::new().tensor("t", &[1], F32, 0).tensor("t", &[1], F32, 32);
    check(twice, "t", "twice");
    let overlapping = Raw::new().tensor("a", &[9], F32, 0).tensor("b", &[1], F32, 32);
    check(overlapping, "b", "overlaps \"a\"");
}

#[test]
fn another_file_is_told_by_its_beginning() {
    for beginning in ["lmgg and more", "<html><body>", "version https://git-lfs"] {
        let error = Header::parse(beginning.as_bytes()).expect_err("neither of the formats");
        assert_eq!(error.field, "magic");
        assert!(error.to_string().contains(&beginning[..4]), "{error}");
    }
}

#[test]
fn version_2_and_another_alignment_are_read() {
    const U32: u32 = 4;
    let mut raw = Raw::new().setting("general.alignment", U32).u32(64).tensor("t", &[2, 3], 0, 64);
    raw.version = 2;
    let header = whole(parse(&raw.bytes()).expect("a valid file"));
    let tensor = header.tensor("t").expect("it is there");
    assert_eq!(tensor.shape, [3, 2]);
    assert_eq!(tensor.offset, header.header_bytes.next_multiple_of(64) + 64);
}

#[test]
fn a_tensor_outside_the_file_is_named() {
    let header = whole(parse(&Raw::new().tensor("t", &[8], 0, 0).bytes()).expect("a valid header"));
    let tensor = header.tensor("t").expect("it is there");
    assert!(header.check_fits(tensor.end()).is_ok());
    let error = header.check_fits(tensor.end() - 1).expect_err("a byte is missing");
    assert_eq!(error.field, "t");
    assert!(matches!(error.problem, Problem::OutsideFile { .. }));
}

#[test]
fn the_writer_holds_its_user_to_the_directory() {
    let specs = |names: &[&str]| -> Vec<TensorSpec> {
        let spec = |name: &&str| TensorSpec {
            name: (*name).to_owned(),
            shape: vec![2],
            dtype: BlockType::F32,
        };
        names.iter().map(spec).collect()
    };
    let begin = |names: &[&str]| Writer::begin(Vec::new(), &Metadata::default(), &specs(names));
    let field = |error: FileError| match error {
        FileError::Format(error) => error.field,
        FileError::Io(error) => panic!("{error}"),
    };
    assert_eq!(field(begin(&["a", "a"]).expect_err("a name twice")), "a");
    let mut writer = begin(&["a", "b"]).expect("a valid directory");
    writer.append(&[0; 5]).expect("a piece");
    assert_eq!(field(writer.append(&[0; 4]).expect_err("a byte too many")), "a");
    writer.append(&[0; 3]).expect("the rest");
    assert_eq!(field(writer.finish().expect_err("b is missing")), "b");
}
