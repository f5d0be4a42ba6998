//! Blocks to floats and back, held against candle's.

use bella_weights::{BlockType, QuantiseError, dequantise, quantise};
use candle_core::quantized::{GgmlDType, QStorage, QTensor};
use candle_core::{Device, Tensor};

use crate::support::chance::Chance;

fn candle_type(dtype: BlockType) -> GgmlDType {
    match dtype {
        BlockType::F32 => GgmlDType::F32,
        BlockType::F16 => GgmlDType::F16,
        BlockType::BF16 => GgmlDType::BF16,
        BlockType::Q4_0 => GgmlDType::Q4_0,
        BlockType::Q4_1 => GgmlDType::Q4_1,
        BlockType::Q5_0 => GgmlDType::Q5_0,
        BlockType::Q5_1 => GgmlDType::Q5_1,
        BlockType::Q8_0 => GgmlDType::Q8_0,
        BlockType::Q2K => GgmlDType::Q2K,
        BlockType::Q3K => GgmlDType::Q3K,
        BlockType::Q4K => GgmlDType::Q4K,
        BlockType::Q5K => GgmlDType::Q5K,
        BlockType::Q6K => GgmlDType::Q6K,
        BlockType::Q8K => GgmlDType::Q8K,
    }
}

/// The numbers candle makes of a row.
pub fn by_candle(dtype: BlockType, bytes: &[u8], elements: usize) -> Vec<f32> {
    let storage = QStorage::from_data(bytes.into(), &Device::Cpu, candle_type(dtype));
    let tensor = QTensor::new(storage.expect("candle takes the bytes"), elements)
        .expect("the bytes have the right length");
    let floats = tensor.dequantize(&Device::Cpu).expect("candle dequantises");
    floats.to_vec1().expect("a row of floats")
}

#[test]
fn every_type_dequantises_as_in_candle() {
    let mut chance = Chance::new(7);
    for dtype in BlockType::ALL {
        let blocks = 4096 / dtype.block_len().min(64);
        let elements = blocks * dtype.block_len();
        let bytes = chance.bytes(blocks * dtype.block_bytes());
        let mut ours = vec![0.0; elements];
        dequantise(dtype, &bytes, &mut ours).expect("the lengths fit");
        let theirs = by_candle(dtype, &bytes, elements);
        for (i, (ours, theirs)) in ours.iter().zip(&theirs).enumerate() {
            // Random scales are sometimes no numbers, and no number equals itself.
            let same = ours == theirs || ours.is_nan() && theirs.is_nan();
            assert!(same, "{dtype:?} number {i}: {ours} and {theirs}");
        }
    }
}

#[test]
fn quantising_gives_the_bytes_candle_gives() {
    let mut chance = Chance::new(8);
    let mut rows = chance.weights(32 * 500);
    rows[..32].fill(0.0);
    rows[32..64].fill(0.3);
    for dtype in [BlockType::Q4_0, BlockType::Q4_1, BlockType::Q8_0] {
        let ours = quantise(dtype, &rows).expect("whole blocks");
        let tensor = Tensor::from_slice(&rows, rows.len(), &Device::Cpu).expect("a row");
        let theirs = QTensor::quantize(&tensor, candle_type(dtype)).expect("candle quantises");
        let theirs = theirs.data().expect("plain memory");
        for (i, blocks) in
            ours.chunks(dtype.block_bytes()).zip(theirs.chunks(dtype.block_bytes())).enumerate()
        {
            assert_eq!(blocks.0, blocks.1, "{dtype:?} block {i}: {:?}", &rows[i * 32..][..32]);
        }
    }
}

#[test]
fn quantised_numbers_stay_within_a_step() {
    let numbers = Chance::new(9).weights(32 * 100);
    for (dtype, steps) in [(BlockType::Q4_0, 8.0), (BlockType::Q4_1, 7.5), (BlockType::Q8_0, 127.0)]
    {
        let bytes = quantise(dtype, &numbers).expect("whole blocks");
        let mut back = vec![0.0; numbers.len()];
        dequantise(dtype, &bytes, &mut back).expect("the lengths fit");
        for (before, after) in numbers.chunks(32).zip(back.chunks(32)) {
            let furthest = before.iter().fold(0.0f32, |furthest, n| furthest.max(n.abs()));
            // A number opposite to the furthest one is cut off at 7 of 8 steps.
            let allowed = furthest / steps * 1.01;
            for (a, b) in before.iter().zip(after) {
                assert!((a - b).abs() <= allowed, "{dtype:?}: {a} became {b}");
            }
        }
    }
}

#[test]
fn lengths_that_do_not_fit_are_refused() {
    for (dtype, bytes, elements) in [
        (BlockType::F32, 4, 2),
        (BlockType::Q4_0, 18, 31),
        (BlockType::Q4_0, 17, 32),
        (BlockType::Q6K, 210, 255),
    ] {
        let error = dequantise(dtype, &vec![0; bytes], &mut vec![0.0; elements]);
        assert!(error.is_err(), "{dtype:?} {bytes} {elements}");
    }
    assert_eq!(quantise(BlockType::Q4_0, &[0.0; 33]), Err(QuantiseError::PartialBlock(33)));
    assert_eq!(
        quantise(BlockType::Q6K, &[0.0; 256]),
        Err(QuantiseError::Unsupported(BlockType::Q6K))
    );
}
