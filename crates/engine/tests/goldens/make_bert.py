"""Goldens of the encoders, from their original implementation.

    python make_bert.py E5_GGUF E5_TOKENIZER MINILM_FOLDER

needs torch, transformers, tokenizers and safetensors. The blocks of the GGUF file
are unpacked here, so that both sides run the same numbers. Writes
bert.json (vectors and token ids), and two tiny models with random weights,
distilbert-tiny.* and xlm-roberta-tiny.*, with what they give.
"""

import json
import struct
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from transformers import (
    BertConfig,
    BertModel,
    DistilBertConfig,
    DistilBertForSequenceClassification,
    XLMRobertaConfig,
    XLMRobertaModel,
)

TEXTS = [
    "query: 거실 불 좀 켜 줘",
    "query: turn on the lights in the living room",
    "passage: 서울은 대한민국의 수도이며 가장 큰 도시이다.",
    "passage: The quick brown fox jumps over the lazy dog. 🦊",
    "query: ",
    "query: " + "오늘 날씨가 참 좋네요! " * 60,
]
NASTY = [
    "",
    " ",
    "  두   칸  띄기 ",
    "안녕하세요, 벨라예요!",
    "뷁쀍 ㅋㅋㅋ ㅠㅠ 한글 자모",
    "\u1112\u1161\u11ab\u1100\u1173\u11af",  # decomposed
    "👩‍👩‍👧‍👦 🏳️‍🌈 é e\u0301 ﬁ ＡＢＣ ㈜ ½",
    "3.14159 1,000,000원 2024-01-02T03:04:05Z",
    "fn main() { println!(\"{}\", 1 << 3); }\n\ttabs\r\nend",
    "<s> </s> <mask> [CLS] [SEP]",
    "\u200b\ufeff\u00a0zero width\u0000null",
    "日本語 中文 العربية עברית ไทย",
    "a" * 300,
    "supercalifragilisticexpialidocious antidisestablishmentarianism",
]


def unpack_gguf(path):
    data = open(path, "rb").read()
    at = 8
    count, settings = struct.unpack_from("<QQ", data, at)
    at += 16

    def string():
        nonlocal at
        (length,) = struct.unpack_from("<Q", data, at)
        at += 8 + length
        return data[at - length : at].decode()

    width = {0: 1, 1: 1, 2: 2, 3: 2, 4: 4, 5: 4, 6: 4, 7: 1, 10: 8, 11: 8, 12: 8}
    for _ in range(settings):
        string()
        (kind,) = struct.unpack_from("<I", data, at)
        at += 4
        if kind == 8:
            string()
        else:
            at += width[kind]
    directory = []
    for _ in range(count):
        name = string()
        (dims,) = struct.unpack_from("<I", data, at)
        shape = struct.unpack_from(f"<{dims}Q", data, at + 4)[::-1]
        kind, offset = struct.unpack_from("<IQ", data, at + 4 + 8 * dims)
        at += 16 + 8 * dims
        directory.append((name, shape, kind, offset))
    start = (at + 31) // 32 * 32
    tensors = {}
    for name, shape, kind, offset in directory:
        elements = int(np.prod(shape))
        if kind == 0:
            numbers = np.frombuffer(data, "<f4", elements, start + offset)
        else:
            assert kind == 2, "Q4_0"
            blocks = np.frombuffer(data, np.uint8, elements // 32 * 18, start + offset).reshape(-1, 18)
            scale = blocks[:, :2].copy().view("<f2").astype("f4")
            low, high = blocks[:, 2:] & 15, blocks[:, 2:] >> 4
            numbers = (np.concatenate([low, high], 1).astype("f4") - 8) * scale
        tensors[name] = torch.from_numpy(numbers.reshape(shape).copy())
    return tensors


def ids(tokenizer, text, longest=512):
    found = tokenizer.encode(text).ids
    return found if len(found) <= longest else found[: longest - 1] + found[-1:]


def embed(model, tokenizer, text):
    tokens = ids(tokenizer, text)
    with torch.no_grad():
        states = model(torch.tensor([tokens]), attention_mask=torch.ones(1, len(tokens))).last_hidden_state[0]
    mean = states.mean(0)
    return [round(x, 5) for x in (mean / mean.norm()).tolist()]


def plain_tokenizer(path):
    tokenizer = Tokenizer.from_file(path)
    tokenizer.no_truncation()
    tokenizer.no_padding()
    return tokenizer


def real_models(e5_gguf, e5_tokenizer, minilm):
    tokenizer = plain_tokenizer(e5_tokenizer)
    config = BertConfig(
        vocab_size=250037, hidden_size=384, num_hidden_layers=12, num_attention_heads=12, intermediate_size=1536
    )
    e5 = BertModel(config, add_pooling_layer=False).eval()
    missing = e5.load_state_dict(unpack_gguf(e5_gguf), strict=False)
    assert not missing.unexpected_keys and all("position_ids" in key for key in missing.missing_keys), missing
    golden = {
        "e5": [{"text": text, "vector": embed(e5, tokenizer, text)} for text in TEXTS],
        "e5_ids": [{"text": text, "ids": tokenizer.encode(text).ids} for text in NASTY + TEXTS],
    }
    tokenizer = plain_tokenizer(minilm + "/tokenizer.json")
    mini = BertModel(BertConfig.from_json_file(minilm + "/config.json"), add_pooling_layer=False).eval()
    weights = {k: v.float() for k, v in load_file(minilm + "/model.safetensors").items()}
    missing = mini.load_state_dict(weights, strict=False)
    assert all("position_ids" in key for key in missing.missing_keys), missing
    golden["minilm"] = [{"text": text, "vector": embed(mini, tokenizer, text)} for text in TEXTS[1:4:2]]
    golden["minilm_ids"] = [{"text": text, "ids": tokenizer.encode(text).ids} for text in NASTY]
    json.dump(golden, open("bert.json", "w"), ensure_ascii=False, separators=(",", ":"))


def save_tiny(name, model, golden):
    # Half precision keeps the file small; the golden is of the rounded numbers.
    save_file({k: v.half().contiguous() for k, v in model.state_dict().items()}, f"{name}.safetensors")
    config = model.config.to_dict()
    json.dump(config, open(f"{name}.config.json", "w"), indent=1, sort_keys=True)
    json.dump(golden, open(f"{name}.json", "w"))


def randomise(model):
    with torch.no_grad():
        for weight in model.parameters():
            weight.add_(torch.randn_like(weight) * 0.3)
            weight.copy_(weight.half().float())
    return model.eval()


def tiny_models():
    torch.manual_seed(1)
    tokens = [[2, 5, 6, 7, 3], [2, 30, 31, 32, 33, 34, 35, 36, 37, 3], [2, 3]]
    model = DistilBertForSequenceClassification(
        DistilBertConfig(
            vocab_size=40, max_position_embeddings=24, n_layers=2, n_heads=4, dim=32, hidden_dim=64, num_labels=2
        )
    )
    randomise(model)
    with torch.no_grad():
        outputs = [model(torch.tensor([t])).logits.softmax(-1)[0].tolist() for t in tokens]
    save_tiny("distilbert-tiny", model, [{"tokens": t, "out": o} for t, o in zip(tokens, outputs)])

    model = XLMRobertaModel(
        XLMRobertaConfig(
            vocab_size=40,
            max_position_embeddings=24,
            num_hidden_layers=2,
            num_attention_heads=4,
            hidden_size=32,
            intermediate_size=64,
            type_vocab_size=1,
            pad_token_id=1,
        ),
        add_pooling_layer=False,
    )
    randomise(model)
    with torch.no_grad():
        outputs = [model(torch.tensor([t])).last_hidden_state[0].mean(0).tolist() for t in tokens]
    save_tiny("xlm-roberta-tiny", model, [{"tokens": t, "out": o} for t, o in zip(tokens, outputs)])


if __name__ == "__main__":
    tiny_models()
    real_models(*sys.argv[1:4])
