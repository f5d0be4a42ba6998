"""Makes the goldens the whisper tests compare with: a second implementation of
Whisper, in numpy, that shares nothing with the engine but the paper.

    pip install numpy soundfile
    python make_whisper.py whisper-tiny ggml-tiny.bin tokenizer.json AUDIO > whisper-tiny.json
    python make_whisper.py whisper-base model.bin     tokenizer.json AUDIO 2 > whisper-base.json
    python make_whisper.py random > whisper-random.json

AUDIO is a folder with jfk.wav, librispeech/ and zeroth/; every second clip is
enough for the larger model. Weights are read from
the containers they are published in (ggml, CTranslate2), so that the engine's
converters are checked as well. Activations are float32 throughout.
"""

import json
import math
import struct
import sys
from pathlib import Path

import numpy as np

FRAMES, HOP, FRAME = 3000, 160, 400


# ---- weights, under the names of OpenAI's checkpoints ----------------------

def read_ggml(path):
    data = Path(path).read_bytes()
    at = 4
    sizes = struct.unpack_from("<11i", data, at); at += 44
    _, _, _, audio_heads, audio_layers, _, _, text_heads, text_layers, mels, _ = sizes
    rows, bins = struct.unpack_from("<2i", data, at); at += 8
    filters = np.frombuffer(data, "<f4", rows * bins, at).reshape(rows, bins); at += 4 * rows * bins
    (words,) = struct.unpack_from("<i", data, at); at += 4
    for _ in range(words):
        (length,) = struct.unpack_from("<I", data, at); at += 4 + length
    weights = {}
    while at < len(data):
        rank, name_length, kind = struct.unpack_from("<3i", data, at); at += 12
        shape = struct.unpack_from(f"<{rank}i", data, at)[::-1]; at += 4 * rank
        name = data[at:at + name_length].decode(); at += name_length
        dtype = np.dtype(["<f4", "<f2"][kind])
        count = math.prod(shape)
        weights[name] = np.frombuffer(data, dtype, count, at).reshape(shape).astype("f4")
        at += count * dtype.itemsize
    for name in ("encoder.conv1.bias", "encoder.conv2.bias"):
        weights[name] = weights[name].reshape(-1)
    return weights, filters, (audio_layers, audio_heads, text_layers, text_heads)


def read_ctranslate2(path):
    data = Path(path).read_bytes()
    at = 0

    def unpack(format):
        nonlocal at
        values = struct.unpack_from("<" + format, data, at)
        at += struct.calcsize("<" + format)
        return values

    def string():
        nonlocal at
        (length,) = unpack("H")
        text = data[at:at + length - 1].decode(); at += length
        return text

    unpack("I"); string(); unpack("I")
    stored = {}
    for _ in range(unpack("I")[0]):
        name = string()
        (rank,) = unpack("B")
        shape = unpack(f"{rank}I")
        kind, size = unpack("BI")
        dtype = {0: "<f4", 1: "<i1", 2: "<i2", 3: "<i4", 4: "<f2"}[kind]
        stored[name] = np.frombuffer(data, dtype, size // np.dtype(dtype).itemsize, at).reshape(shape)
        at += size
    for _ in range(unpack("I")[0]):
        alias = string()
        stored[alias] = stored[string()]

    weights = {}

    def put(name, variable, part=0, parts=1, ending="weight"):
        array = stored[f"{variable}/{ending}"]
        if array.dtype == np.int8:
            scale = stored[f"{variable}/{ending}_scale"]
            # The engine's file holds halves, and so must this.
            array = (array.astype("f4") / scale[:, None]).astype("f2")
        step = array.shape[0] // parts
        weights[f"{name}.{ending}"] = array[part * step:(part + 1) * step].astype("f4")

    def linear(name, variable, part=0, parts=1, bias=True):
        put(name, variable, part, parts)
        if bias:
            put(name, variable, part, parts, "bias")

    def norm(name, variable):
        weights[f"{name}.weight"] = stored[f"{variable}/gamma"].astype("f4")
        weights[f"{name}.bias"] = stored[f"{variable}/beta"].astype("f4")

    counts = []
    for tower in ("encoder", "decoder"):
        layers = sum(f"{tower}/layer_{i}/ffn/linear_0/weight" in stored for i in range(100))
        counts += [layers, int(stored.get(f"{tower}/num_heads", 0))]
        weights[f"{tower}.positional_embedding"] = stored[f"{tower}/position_encodings/encodings"].astype("f4")
        for i in range(layers):
            ours, theirs = f"{tower}.blocks.{i}", f"{tower}/layer_{i}"
            norm(f"{ours}.attn_ln", f"{theirs}/self_attention/layer_norm")
            for part, name in enumerate(("query", "key", "value")):
                linear(f"{ours}.attn.{name}", f"{theirs}/self_attention/linear_0", part, 3, name != "key")
            linear(f"{ours}.attn.out", f"{theirs}/self_attention/linear_1")
            if tower == "decoder":
                norm(f"{ours}.cross_attn_ln", f"{theirs}/attention/layer_norm")
                linear(f"{ours}.cross_attn.query", f"{theirs}/attention/linear_0")
                linear(f"{ours}.cross_attn.key", f"{theirs}/attention/linear_1", 0, 2, False)
                linear(f"{ours}.cross_attn.value", f"{theirs}/attention/linear_1", 1, 2)
                linear(f"{ours}.cross_attn.out", f"{theirs}/attention/linear_2")
            norm(f"{ours}.mlp_ln", f"{theirs}/ffn/layer_norm")
            linear(f"{ours}.mlp.0", f"{theirs}/ffn/linear_0")
            linear(f"{ours}.mlp.2", f"{theirs}/ffn/linear_1")
    for conv in ("conv1", "conv2"):
        linear(f"encoder.{conv}", f"encoder/{conv}")
    norm("encoder.ln_post", "encoder/layer_norm")
    norm("decoder.ln", "decoder/layer_norm")
    put("decoder.token_embedding", "decoder/embeddings")
    # Every Whisper has heads of 64.
    heads = weights["encoder.positional_embedding"].shape[1] // 64
    return weights, slaney_filters(80), (counts[0], heads, counts[2], heads)


def slaney_filters(bands):
    def hertz(mel):
        return np.where(mel < 15, mel * 200 / 3, 1000 * np.exp((mel - 15) * math.log(6.4) / 27))

    highest = 15 + 27 * math.log(8) / math.log(6.4)
    corners = hertz(np.linspace(0, highest, bands + 2))
    slopes = corners[:, None] - np.linspace(0, 8000, FRAME // 2 + 1)[None]
    widths = np.diff(corners)
    triangles = np.minimum(-slopes[:-2] / widths[:-1, None], slopes[2:] / widths[1:, None])
    return (np.maximum(0, triangles) * (2 / (corners[2:] - corners[:-2]))[:, None]).astype("f4")


# ---- the model --------------------------------------------------------------

def log_mel(audio, filters):
    """The spectrogram of the first half minute; silence follows shorter sound."""
    padded = np.pad(audio, (0, FRAMES * HOP))
    padded = np.pad(padded, FRAME // 2, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, FRAME)[::HOP][:FRAMES]
    hann = (0.5 - 0.5 * np.cos(2 * np.pi * np.arange(FRAME) / FRAME)).astype("f4")
    power = np.abs(np.fft.rfft(frames * hann, axis=1)) ** 2
    mel = np.log10(np.maximum(power.astype("f4") @ filters.T, 1e-10))
    return ((np.maximum(mel, mel.max() - 8) + 4) / 4).astype("f4")


ERF = np.frompyfunc(math.erf, 1, 1)
GRID = np.linspace(-6, 6, 1 << 20)
GRID_ERF = ERF(GRID).astype("f8")


def gelu(x):
    # A table this fine is closer than float32 can tell.
    return (0.5 * x * (1 + np.interp(x / math.sqrt(2), GRID, GRID_ERF))).astype("f4")


def softmax(x):
    x = np.exp(x - x.max(-1, keepdims=True))
    return x / x.sum(-1, keepdims=True)


class Model:
    def __init__(self, weights, filters, counts):
        self.weights, self.filters = weights, filters
        self.audio_layers, self.audio_heads, self.text_layers, self.text_heads = counts

    def linear(self, x, name):
        y = x @ self.weights[f"{name}.weight"].T
        bias = self.weights.get(f"{name}.bias")
        return y if bias is None else y + bias

    def norm(self, x, name):
        centred = x - x.mean(-1, keepdims=True)
        scaled = centred / np.sqrt((centred ** 2).mean(-1, keepdims=True) + 1e-5)
        return (scaled * self.weights[f"{name}.weight"] + self.weights[f"{name}.bias"]).astype("f4")

    def mlp(self, x, block):
        return self.linear(gelu(self.linear(self.norm(x, f"{block}.mlp_ln"), f"{block}.mlp.0")), f"{block}.mlp.2")

    def attend(self, queries, keys, values, heads, name, mask=None):
        split = lambda x: x.reshape(len(x), heads, -1).transpose(1, 0, 2)
        q, k, v = split(queries), split(keys), split(values)
        scores = q @ k.transpose(0, 2, 1) / math.sqrt(q.shape[-1])
        if mask is not None:
            scores = scores + mask
        mixed = (softmax(scores) @ v).transpose(1, 0, 2).reshape(len(queries), -1)
        return self.linear(mixed, f"{name}.out")

    def convolve(self, x, name, stride):
        # x: [frames, channels]
        x = np.pad(x, ((1, 1), (0, 0)))
        windows = np.lib.stride_tricks.sliding_window_view(x, 3, axis=0)[::stride]
        weight = self.weights[f"{name}.weight"]
        return windows.reshape(len(windows), -1) @ weight.reshape(len(weight), -1).T + self.weights[f"{name}.bias"]

    def encode(self, mel):
        x = gelu(self.convolve(mel, "encoder.conv1", 1))
        x = gelu(self.convolve(x, "encoder.conv2", 2))
        x = x + self.weights["encoder.positional_embedding"][:len(x)]
        for i in range(self.audio_layers):
            block = f"encoder.blocks.{i}"
            y = self.norm(x, f"{block}.attn_ln")
            q, k, v = (self.linear(y, f"{block}.attn.{part}") for part in ("query", "key", "value"))
            x = x + self.attend(q, k, v, self.audio_heads, f"{block}.attn")
            x = x + self.mlp(x, block)
        return self.norm(x, "encoder.ln_post")

    def decoder(self, heard):
        return Decoder(self, heard)


class Decoder:
    """Keeps what was written, so that a token costs only itself."""

    def __init__(self, model, heard):
        self.model, self.length = model, 0
        part = lambda i, part: model.linear(heard, f"decoder.blocks.{i}.cross_attn.{part}")
        self.heard = [(part(i, "key"), part(i, "value")) for i in range(model.text_layers)]
        self.written = [None] * model.text_layers

    def logits(self, tokens):
        """Scores after each of `tokens`."""
        model, start = self.model, self.length
        self.length += len(tokens)
        x = model.weights["decoder.token_embedding.weight"][tokens]
        x = x + model.weights["decoder.positional_embedding"][start:self.length]
        mask = np.triu(np.full((len(tokens), self.length), -np.inf), start + 1)
        for i in range(model.text_layers):
            block = f"decoder.blocks.{i}"
            y = model.norm(x, f"{block}.attn_ln")
            q, k, v = (model.linear(y, f"{block}.attn.{part}") for part in ("query", "key", "value"))
            if self.written[i] is not None:
                k, v = (np.concatenate(pair) for pair in zip(self.written[i], (k, v)))
            self.written[i] = (k, v)
            x = x + model.attend(q, k, v, model.text_heads, f"{block}.attn", mask)
            q = model.linear(model.norm(x, f"{block}.cross_attn_ln"), f"{block}.cross_attn.query")
            x = x + model.attend(q, *self.heard[i], model.text_heads, f"{block}.cross_attn")
            x = x + model.mlp(x, block)
        return model.norm(x, "decoder.ln") @ model.weights["decoder.token_embedding.weight"].T


# ---- text -------------------------------------------------------------------

class Tokenizer:
    def __init__(self, path):
        read = json.loads(Path(path).read_text(encoding="utf-8"))
        self.ids = {token["content"]: token["id"] for token in read["added_tokens"]}
        self.pieces = {id: piece for piece, id in read["model"]["vocab"].items()}
        printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
        others = [byte for byte in range(256) if byte not in printable]
        self.bytes = {chr(byte): byte for byte in printable}
        self.bytes |= {chr(256 + i): byte for i, byte in enumerate(others)}
        self.end = self.ids["<|endoftext|>"]
        self.first_time = self.ids["<|notimestamps|>"] + 1

    def text(self, tokens):
        raw = bytes(self.bytes[c] for token in tokens if token < self.end for c in self.pieces[token])
        return raw.decode("utf-8", "replace").strip()


# Of generation_config.json, as published with the weights: marks that are no speech.
MARKS = [
    1, 2, 7, 8, 9, 10, 14, 25, 26, 27, 28, 29, 31, 58, 59, 60, 61, 62, 63, 90, 91, 92, 93, 359, 503, 522, 542,
    873, 893, 902, 918, 922, 931, 1350, 1853, 1982, 2460, 2627, 3246, 3253, 3268, 3536, 3846, 3961, 4183, 4667,
    6585, 6647, 7273, 9061, 9383, 10428, 10929, 11938, 12033, 12331, 12562, 13793, 14157, 14635, 15265, 15618,
    16553, 16604, 18362, 18956, 20075, 21675, 22520, 26130, 26161, 26435, 28279, 29464, 31650, 32302, 32470,
    36865, 42863, 47425, 49870, 50254,
]
BLANK = 220


def allowed(logits, said, names, timestamps):
    """Scores with everything at minus infinity that may not follow `said`."""
    logits = logits.copy()
    none = -np.inf
    first, end = names.first_time, names.end
    if not said:
        logits[[BLANK, end]] = none
    logits[MARKS] = none
    logits[end + 1:first] = none
    if not timestamps:
        logits[first:] = none
        return logits
    times = [token for token in said if token >= first]
    last = bool(said) and said[-1] >= first
    before = len(said) < 2 or said[-2] >= first
    if last and before:
        logits[first:] = none
    elif last:
        logits[:end] = none
    if times:
        logits[first:times[-1] + (0 if last and not before else 1)] = none
    if not said:
        logits[:first] = none
        logits[first + 51:] = none
    total = np.logaddexp.reduce(logits[first:].astype("f8"))
    if total > logits[:first].max():
        logits[:first] = none
    return logits


def greedy(model, heard, prompt, names, timestamps, most=224):
    decoder = model.decoder(heard)
    logits = decoder.logits(prompt)[-1]
    said, probability, closest = [], 0.0, np.inf
    while len(said) < most:
        scores = allowed(logits, said, names, timestamps)
        best, second = np.sort(scores)[::-1][:2]
        token = int(scores.argmax())
        probability += float(best - np.logaddexp.reduce(scores.astype("f8")))
        closest = min(closest, float(best - second))
        if token == names.end:
            break
        said.append(token)
        logits = decoder.logits([token])[-1]
    return said, probability / (len(said) + 1), closest


# ---- goldens ----------------------------------------------------------------

def rounded(values, digits=5):
    return [round(float(value), digits) for value in values]


def sampled(array, count=16):
    """A few numbers from all over an array, and its mean."""
    flat = np.asarray(array, "f8").reshape(-1)
    at = [int(i * (len(flat) - 1) / (count - 1)) for i in range(count)]
    return {"mean": round(float(flat.mean()), 6), "at": at, "values": rounded(flat[at])}


def tune(samples):
    """A synthetic sound: three tones that swell and fade."""
    time = np.arange(samples) / 16000
    swell = 0.5 - 0.5 * np.cos(2 * np.pi * 1.5 * time)
    tones = sum(np.sin(2 * np.pi * pitch * time) / (k + 1) for k, pitch in enumerate((220, 523.25, 1760)))
    return (0.2 * swell * tones).astype("f4")


def golden(model, names, name, language, audio):
    mel = log_mel(audio, model.filters)
    heard = model.encode(mel)
    start = model.decoder(heard).logits([names.ids["<|startoftranscript|>"]])[-1].astype("f8")
    probabilities = np.exp(start - np.logaddexp.reduce(start))
    no_speech = names.ids.get("<|nospeech|>", names.ids.get("<|nocaptions|>"))
    beginning = [names.ids[t] for t in ("<|startoftranscript|>", f"<|{language}|>", "<|transcribe|>")]
    first = model.decoder(heard).logits(beginning)[-1]
    top = np.argsort(-first)[:8]
    timed, timed_probability, timed_closest = greedy(model, heard, beginning, names, True)
    plain, plain_probability, plain_closest = greedy(
        model, heard, beginning + [names.ids["<|notimestamps|>"]], names, False)
    return {
        "name": name,
        "language": language,
        "samples": len(audio),
        "mel": sampled(mel),
        "encoded": sampled(heard),
        "no_speech": round(float(probabilities[no_speech]), 6),
        "language_logits": {code: round(float(start[names.ids[f"<|{code}|>"]]), 4) for code in ("ko", "en")},
        "first_logits": [[int(token), round(float(first[token]), 4)] for token in top],
        "timed": {"tokens": timed, "log_probability": round(timed_probability, 4), "closest": round(timed_closest, 4)},
        "plain": {"tokens": plain, "log_probability": round(plain_probability, 4), "closest": round(plain_closest, 4)},
        "text": names.text(timed),
    }


def of_clips(model_name, weights, tokenizer, audio, every=1):
    import soundfile

    reader = read_ggml if Path(weights).read_bytes()[:4] == b"lmgg" else read_ctranslate2
    model, names = Model(*reader(weights)), Tokenizer(tokenizer)
    clips = [golden(model, names, "tune", "en", tune(80_000))]
    jfk, _ = soundfile.read(Path(audio) / "jfk.wav", dtype="float32")
    clips.append(golden(model, names, "jfk", "en", jfk))
    for corpus, language in (("librispeech", "en"), ("zeroth", "ko")):
        for path in sorted((Path(audio) / corpus).glob("*.flac"))[::int(every)]:
            samples, rate = soundfile.read(path, dtype="float32")
            assert rate == 16000
            clips.append(golden(model, names, f"{corpus}/{path.stem}", language, samples))
            print(clips[-1]["name"], clips[-1]["text"], file=sys.stderr)
    return {"model": model_name, "clips": clips}


def of_random():
    """A Whisper of a few thousand numbers, made by a formula the test repeats."""
    mels, context, state, layers, heads, vocabulary, text_context = 6, 10, 16, 2, 2, 24, 12

    def numbers(name, *shape):
        seed = sum(ord(c) * (i + 1) for i, c in enumerate(name)) % 1009
        index = np.arange(math.prod(shape), dtype="f8")
        return (0.3 * np.sin(index * 0.7 + seed)).astype("f4").reshape(shape)

    weights = {}

    def put(name, *shape):
        weights[name] = numbers(name, *shape) + (1 if name.endswith(("ln.weight", "ln_post.weight")) else 0)

    def linear(name, rows, columns, bias=True):
        put(f"{name}.weight", rows, columns)
        if bias:
            put(f"{name}.bias", rows)

    def norm(name):
        put(f"{name}.weight", state)
        put(f"{name}.bias", state)

    for conv, inputs in (("conv1", mels), ("conv2", state)):
        put(f"encoder.{conv}.weight", state, inputs, 3)
        put(f"encoder.{conv}.bias", state)
    put("encoder.positional_embedding", context, state)
    put("decoder.positional_embedding", text_context, state)
    put("decoder.token_embedding.weight", vocabulary, state)
    norm("encoder.ln_post")
    norm("decoder.ln")
    for tower in ("encoder", "decoder"):
        for i in range(layers):
            block = f"{tower}.blocks.{i}"
            for attention in ("attn", "cross_attn")[:1 + (tower == "decoder")]:
                norm(f"{block}.{attention}_ln")
                for part in ("query", "key", "value", "out"):
                    linear(f"{block}.{attention}.{part}", state, state, part != "key")
            norm(f"{block}.mlp_ln")
            linear(f"{block}.mlp.0", 4 * state, state)
            linear(f"{block}.mlp.2", state, 4 * state)
    model = Model(weights, None, (layers, heads, layers, heads))
    heard = model.encode(numbers("mel", 2 * context, mels))
    tokens = [1, 5, 23, 0, 7]
    logits = model.decoder(heard).logits(tokens)
    return {
        "encoded": rounded(heard.reshape(-1), 6),
        "tokens": tokens,
        "logits": [rounded(row, 6) for row in logits],
    }


if __name__ == "__main__":
    result = of_random() if sys.argv[1] == "random" else of_clips(*sys.argv[1:])
    text = json.dumps(result, ensure_ascii=False, indent=1)
    # One line for each list of numbers.
    import re
    print(re.sub(r"\[\s+([^\[\]{}]*?)\s+\]", lambda list: "[" + re.sub(r"\s+", " ", list[1]) + "]", text))
