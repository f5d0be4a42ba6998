//! Files that arrive in pieces.

use std::borrow::Cow;

use bella_weights::{
    FormatError, Header, Problem, TensorEvent, TensorInfo, TensorStream, dequantise, read_tensors,
};
use candle_core::quantized::gguf_file;

use crate::support::chance::Chance;
use crate::support::real;
use crate::support::samples::{gguf, sample, small_safetensors};

type Tensors = Vec<(TensorInfo, Vec<u8>)>;

/// What a stream hands out, in order.
fn stream(file: &[u8], chunk: usize) -> Result<(Tensors, Header), FormatError> {
    let mut stream = TensorStream::new(file.len() as u64);
    let mut headers = 0;
    let mut tensors = Vec::new();
    for chunk in file.chunks(chunk) {
        stream.push(chunk, |event| {
            match event {
                TensorEvent::Header(_) => headers += 1,
                TensorEvent::Tensor { info, bytes } => {
                    tensors.push((info.clone(), bytes.into_owned()));
                }
            }
            Ok::<_, FormatError>(())
        })?;
    }
    let header = stream.finish()?;
    assert_eq!(headers, 1);
    Ok((tensors, header))
}

#[test]
fn pieces_of_any_size_give_the_same_tensors() {
    for file in [gguf(&sample()), small_safetensors()] {
        let (whole, header) = stream(&file, file.len()).expect("a valid file");
        assert_eq!(whole.len(), header.tensors.len());
        for (info, bytes) in &whole {
            assert_eq!(bytes.as_slice(), &file[info.offset as usize..info.end() as usize]);
        }
        for chunk in [1, 2, 3, 7, 31, 32, 33, 100, 1000] {
            let (tensors, _) = stream(&file, chunk).expect("a valid file");
            assert!(tensors == whole, "in pieces of {chunk}");
        }
    }
}

#[test]
fn a_file_cut_short_names_the_tensor_it_lacks() {
    for file in [gguf(&sample()), small_safetensors()] {
        let (whole, header) = stream(&file, file.len()).expect("a valid file");
        for length in 0..header.least_file_bytes() as usize {
            let mut stream = TensorStream::new(file.len() as u64);
            let mut seen = 0;
            let sink = |event: TensorEvent<'_>| {
                seen += usize::from(matches!(event, TensorEvent::Tensor { .. }));
                Ok::<_, FormatError>(())
            };
            stream.push(&file[..length], sink).expect("so far nothing is wrong");
            let error = stream.finish().expect_err("bytes are missing");
            let due = whole.get(seen).map_or("", |(info, _)| info.name.as_str());
            let in_header = length < header.header_bytes as usize;
            assert_eq!(error.field, if in_header { "header" } else { due }, "{length}");
            match error.problem {
                Problem::Truncated { needed, got } => assert!(got == length as u64 && needed > got),
                other => panic!("{length}: {other}"),
            }
        }
    }
}

#[test]
fn the_announced_length_bounds_everything() {
    let file = gguf(&sample());
    let nothing = |_: TensorEvent<'_>| Ok::<_, FormatError>(());

    let mut longer = TensorStream::new(file.len() as u64 - 1);
    let error = longer.push(&file, nothing).expect_err("one byte more than announced");
    assert!(matches!(error.problem, Problem::Surplus { .. }));

    // The header tells of tensors for which an announced 3,000 bytes have no room.
    let mut shorter = TensorStream::new(3000);
    let error = shorter.push(&file[..2900], nothing).expect_err("tensors outside the file");
    assert!(matches!(error.problem, Problem::OutsideFile { .. }), "{error}");
    let error = shorter.push(&[], nothing).expect_err("the stream is spent");
    assert_eq!(error.field, "stream");
    assert_eq!(shorter.finish().expect_err("the stream is spent").field, "stream");
}

#[test]
fn an_error_of_the_sink_ends_the_stream() {
    #[derive(Debug, PartialEq)]
    enum SinkError {
        Full,
        Format(FormatError),
    }
    impl From<FormatError> for SinkError {
        fn from(error: FormatError) -> Self {
            Self::Format(error)
        }
    }
    let file = gguf(&sample());
    let mut stream = TensorStream::new(file.len() as u64);
    let refuse = |event: TensorEvent<'_>| match event {
        TensorEvent::Header(_) => Ok(()),
        TensorEvent::Tensor { .. } => Err(SinkError::Full),
    };
    assert_eq!(stream.push(&file, refuse), Err(SinkError::Full));
    assert!(matches!(stream.push(&[], refuse), Err(SinkError::Format(_))));
}

#[test]
fn tensors_are_borrowed_or_gathered_in_a_buffer_of_their_size() {
    let file = gguf(&sample());
    let mut borrowed = 0;
    let mut gathered = 0;
    for chunk in [100, file.len()] {
        let mut stream = TensorStream::new(file.len() as u64);
        for chunk in file.chunks(chunk) {
            let sink = |event: TensorEvent<'_>| {
                if let TensorEvent::Tensor { info, bytes } = event {
                    match bytes {
                        Cow::Borrowed(_) => borrowed += 1,
                        Cow::Owned(buffer) => {
                            gathered += 1;
                            assert_eq!(buffer.capacity() as u64, info.bytes);
                        }
                    }
                }
                Ok::<_, FormatError>(())
            };
            stream.push(chunk, sink).expect("a valid file");
        }
    }
    assert!(borrowed > 0 && gathered > 0, "{borrowed} borrowed, {gathered} gathered");
}

/// Reads a real file in uneven pieces and compares every tensor's numbers with
/// those candle reads from the same file.
fn compare_with_candle(model: &str, expected_tensors: usize) {
    let Some(path) = real::find(model, "model.gguf") else {
        return;
    };
    let open = || std::fs::File::open(&path).expect("the file is there");
    let file_bytes = open().metadata().expect("the file is there").len();
    let mut theirs = open();
    let content = gguf_file::Content::read(&mut theirs).expect("candle reads the file");
    let mut chance = Chance::new(6);
    let mut tensors = 0;
    let sink = |event: TensorEvent<'_>| {
        let TensorEvent::Tensor { info, bytes } = event else {
            return Ok(());
        };
        tensors += 1;
        let tensor = content
            .tensor(&mut theirs, &info.name, &candle_core::Device::Cpu)
            .expect("candle knows the tensor");
        assert_eq!(tensor.shape().dims(), info.shape, "{}", info.name);
        assert!(tensor.data().expect("plain memory") == bytes, "{}", info.name);
        // All numbers of a billion would take minutes: one row of each tensor.
        let row = info.shape.last().copied().unwrap_or(1);
        let rows = info.elements() / row;
        let row_bytes = bytes.len() / rows;
        let index = chance.below(rows);
        let bytes = &bytes[index * row_bytes..(index + 1) * row_bytes];
        let mut numbers = vec![0.0; row];
        dequantise(info.dtype, bytes, &mut numbers).expect("a whole row");
        let their_row = crate::blocks::by_candle(info.dtype, bytes, row);
        assert_eq!(numbers, their_row, "{} row {index}", info.name);
        Ok::<_, bella_weights::FileError>(())
    };
    let header = read_tensors(open(), file_bytes, sink).expect("a valid file");
    assert_eq!((tensors, content.metadata.len()), (expected_tensors, header.metadata.len()));
}

#[test]
fn smollm2_is_read_as_candle_reads_it() {
    compare_with_candle("smollm2-135m-instruct", 272);
}

#[test]
fn qwen_of_half_a_billion_is_read_as_candle_reads_it() {
    compare_with_candle("qwen2.5-coder-0.5b-instruct", 291);
}

#[test]
fn gemma_is_read_as_candle_reads_it() {
    compare_with_candle("gemma3-270m", 236);
}
