#!/usr/bin/env python3
"""Makes the lists of tensors that the converters are tested against.

    python3 make.py ggml-whisper ggml-tiny.bin      > whisper-tiny.tensors
    python3 make.py ctranslate2-whisper model.bin   > whisper-base.tensors
    python3 make.py e5s1 e5-small-q4.bin            > multilingual-e5-small.tensors

One line a tensor: its Hugging Face name, its shape, and the first 16 digits of
the SHA-256 of its numbers as little-endian floats. The readers here share
nothing with the Rust ones; numpy is all they need.
"""

import hashlib
import mmap
import struct
import sys

import numpy as np


class Bytes:
    """A file with a reading position."""

    def __init__(self, path):
        with open(path, "rb") as file:
            self.data = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self.at = 0

    def take(self, count):
        self.at += count
        return self.data[self.at - count : self.at]

    def unpack(self, pattern):
        values = struct.unpack("<" + pattern, self.take(struct.calcsize("<" + pattern)))
        return values[0] if len(values) == 1 else values

    def numbers(self, dtype, count):
        return np.frombuffer(self.take(count * np.dtype(dtype).itemsize), dtype)


def read_ggml(path):
    """OpenAI's names to arrays."""
    file = Bytes(path)
    assert file.take(4) == b"lmgg"
    file.unpack("11i")
    bands, bins = file.unpack("2i")
    yield "mel_filters", file.numbers("<f4", bands * bins).reshape(bands, bins)
    for _ in range(file.unpack("i")):
        file.take(file.unpack("I"))
    while file.at < len(file.data):
        rank, length, kind = file.unpack("3i")
        shape = [file.unpack("i") for _ in range(rank)][::-1]
        name = file.take(length).decode()
        array = file.numbers({0: "<f4", 1: "<f2"}[kind], int(np.prod(shape))).reshape(shape)
        yield name, array.squeeze() if name.endswith("bias") else array


def huggingface_name(openai):
    """The name of a whisper tensor as transformers has it."""
    if openai == "mel_filters":
        return openai
    tower, rest = openai.split(".", 1)
    if rest == "positional_embedding":
        return f"model.{tower}.embed_positions.weight"
    module, ending = rest.rsplit(".", 1)
    whole = {"token_embedding": "embed_tokens", "ln_post": "layer_norm", "ln": "layer_norm"}
    inner = {
        "attn": "self_attn",
        "cross_attn": "encoder_attn",
        "query": "q_proj",
        "key": "k_proj",
        "value": "v_proj",
        "out": "out_proj",
        "attn_ln": "self_attn_layer_norm",
        "cross_attn_ln": "encoder_attn_layer_norm",
        "mlp_ln": "final_layer_norm",
    }
    if module.startswith("blocks."):
        _, layer, rest = module.split(".", 2)
        rest = {"mlp.0": "fc1", "mlp.2": "fc2"}.get(rest) or ".".join(
            inner[word] for word in rest.split(".")
        )
        module = f"layers.{layer}.{rest}"
    return f"model.{tower}.{whole.get(module, module)}.{ending}"


def from_ggml(path):
    for name, array in read_ggml(path):
        yield huggingface_name(name), array


def read_ctranslate2(path):
    """CTranslate2's names to arrays."""
    file = Bytes(path)
    string = lambda: file.take(file.unpack("H")).rstrip(b"\0").decode()
    file.unpack("I"), string(), file.unpack("I")
    variables = {}
    for _ in range(file.unpack("I")):
        name = string()
        shape = [file.unpack("I") for _ in range(file.unpack("B"))]
        kind, size = file.unpack("BI")
        dtype = {0: "<f4", 1: "i1", 2: "<i2", 3: "<i4", 4: "<f2"}[kind]
        array = file.numbers(dtype, size // np.dtype(dtype).itemsize)
        variables[name] = array.reshape(shape)
    return variables


def from_ctranslate2(path):
    found = read_ctranslate2(path)
    norm = lambda at, name: [
        (f"{name}.weight", found[f"{at}/gamma"]),
        (f"{name}.bias", found[f"{at}/beta"]),
    ]

    def linear(at, *names):
        weights = np.split(found[f"{at}/weight"], len(names))
        biases = np.split(found[f"{at}/bias"], len(names))
        for name, weight, bias in zip(names, weights, biases):
            yield f"{name}.weight", weight
            if not name.endswith("k_proj"):
                yield f"{name}.bias", bias

    yield from linear("encoder/conv1", "model.encoder.conv1")
    yield from linear("encoder/conv2", "model.encoder.conv2")
    yield "model.decoder.embed_tokens.weight", found["decoder/embeddings/weight"]
    for tower in ("encoder", "decoder"):
        positions = found[f"{tower}/position_encodings/encodings"]
        yield f"model.{tower}.embed_positions.weight", positions
        yield from norm(f"{tower}/layer_norm", f"model.{tower}.layer_norm")
        layers = {int(n.split("/")[1][6:]) for n in found if n.startswith(f"{tower}/layer_") and n.count("/") > 2}
        for layer in sorted(layers):
            at, to = f"{tower}/layer_{layer}", f"model.{tower}.layers.{layer}"
            heads = lambda module, letters: [f"{to}.{module}.{x}_proj" for x in letters]
            yield from norm(f"{at}/self_attention/layer_norm", f"{to}.self_attn_layer_norm")
            yield from linear(f"{at}/self_attention/linear_0", *heads("self_attn", "qkv"))
            yield from linear(f"{at}/self_attention/linear_1", *heads("self_attn", ["out"]))
            if tower == "decoder":
                yield from norm(f"{at}/attention/layer_norm", f"{to}.encoder_attn_layer_norm")
                yield from linear(f"{at}/attention/linear_0", *heads("encoder_attn", "q"))
                yield from linear(f"{at}/attention/linear_1", *heads("encoder_attn", "kv"))
                yield from linear(f"{at}/attention/linear_2", *heads("encoder_attn", ["out"]))
            yield from norm(f"{at}/ffn/layer_norm", f"{to}.final_layer_norm")
            yield from linear(f"{at}/ffn/linear_0", f"{to}.fc1")
            yield from linear(f"{at}/ffn/linear_1", f"{to}.fc2")


def from_e5s1(path):
    file = Bytes(path)
    assert file.take(4) == b"E5S1" and file.unpack("I") == 1
    hidden, layers, _, wide, _, _, _ = file.unpack("7i")
    file.unpack("fi")
    pieces = file.unpack("i")
    file.take(16)
    text = file.unpack("Q")
    file.take(4 * (pieces + 1) + 4 * pieces + text)
    file.unpack("i")
    file.take(file.unpack("I"))
    entries = {}
    for _ in range(file.unpack("i")):
        name = file.take(file.unpack("H")).decode()
        entries[name] = file.unpack("BIQQ")

    def numbers(name, *shape):
        kind, count, offset, size = entries[name]
        raw = np.frombuffer(file.data[offset : offset + size], np.uint8)
        if kind == 0:
            return raw.view("<f4").reshape(shape)
        blocks = raw.reshape(count // 32, 18)
        scale = blocks[:, :2].copy().view("<f2").astype("<f4")
        nibbles = np.concatenate([blocks[:, 2:] & 15, blocks[:, 2:] >> 4], axis=1)
        return (scale * (nibbles.astype("<f4") - 8)).reshape(shape)

    def module(short, name, *shape):
        yield f"{name}.weight", numbers(f"{short}.w", *shape)
        yield f"{name}.bias", numbers(f"{short}.b", shape[0])

    for short, name in (("word", "word"), ("pos", "position"), ("type", "token_type")):
        yield f"embeddings.{name}_embeddings.weight", numbers(f"emb.{short}", -1, hidden)
    yield from module("emb.ln", "embeddings.LayerNorm", hidden)
    for i in range(layers):
        to = f"encoder.layer.{i}"
        for short, name in (("q", "query"), ("k", "key"), ("v", "value")):
            yield from module(f"l{i}.{short}", f"{to}.attention.self.{name}", hidden, hidden)
        yield from module(f"l{i}.ao", f"{to}.attention.output.dense", hidden, hidden)
        yield from module(f"l{i}.fi", f"{to}.intermediate.dense", wide, hidden)
        yield from module(f"l{i}.fo", f"{to}.output.dense", hidden, wide)
        yield from module(f"l{i}.aln", f"{to}.attention.output.LayerNorm", hidden)
        yield from module(f"l{i}.oln", f"{to}.output.LayerNorm", hidden)


READERS = {"ggml-whisper": from_ggml, "ctranslate2-whisper": from_ctranslate2, "e5s1": from_e5s1}

if __name__ == "__main__":
    tensors = READERS[sys.argv[1]](sys.argv[2])
    lines = []
    for name, array in tensors:
        digest = hashlib.sha256(np.ascontiguousarray(array, "<f4").tobytes()).hexdigest()
        lines.append(f"{name} {'x'.join(map(str, array.shape))} {digest[:16]}")
    print("\n".join(sorted(lines)))
