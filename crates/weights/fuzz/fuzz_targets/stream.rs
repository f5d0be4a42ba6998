#![no_main]

use bella_weights::{FormatError, TensorEvent, TensorInfo, TensorStream};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|file: &[u8]| {
    let whole = read(file, file.len().max(1));
    let size = 1 + file.last().map_or(0, |&byte| usize::from(byte));
    let pieces = read(file, size);
    match (whole, pieces) {
        (Ok(whole), Ok(pieces)) => assert_eq!(whole, pieces),
        (Err(_), Err(_)) => {}
        (whole, pieces) => panic!("{:?} but {:?}", whole.err(), pieces.err()),
    }
});

fn read(file: &[u8], size: usize) -> Result<Vec<(TensorInfo, Vec<u8>)>, FormatError> {
    let mut stream = TensorStream::new(file.len() as u64);
    let mut tensors = Vec::new();
    for piece in file.chunks(size) {
        stream.push(piece, |event| {
            if let TensorEvent::Tensor { info, bytes } = event {
                assert_eq!(bytes.len() as u64, info.bytes);
                tensors.push((info.clone(), bytes.into_owned()));
            }
            Ok::<_, FormatError>(())
        })?;
    }
    stream.finish().map(|_| tensors)
}
