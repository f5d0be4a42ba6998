"""Small language models with random weights, and what their original says.

    python make_llm_random.py

needs torch, transformers and gguf. For every family it makes a model of a few
layers in the original implementation, writes its weights as <family>-tiny.gguf
(names, settings and rearrangements as llama.cpp's converter makes them, a small
vocabulary inside) and the logits after every position as <family>-tiny.json.
Matrices are rounded to F16 before anything is computed, so that both sides run
the same numbers.
"""

import json
import os

import gguf
import numpy as np
import torch
from transformers import (
    Gemma3ForCausalLM,
    Gemma3TextConfig,
    Lfm2Config,
    Lfm2ForCausalLM,
    LlamaConfig,
    LlamaForCausalLM,
    Qwen2Config,
    Qwen2ForCausalLM,
    Qwen3Config,
    Qwen3ForCausalLM,
)

HERE = os.path.dirname(os.path.abspath(__file__))
VOCABULARY = 64
CONTEXT = 512
# The first passes gemma's window of 8 and llama's original context of 16.
LENGTHS = [26, 7]
COMMON = dict(
    vocab_size=VOCABULARY,
    hidden_size=24,
    intermediate_size=40,
    num_attention_heads=4,
    num_key_value_heads=2,
    max_position_embeddings=CONTEXT,
)
LETTERS = list("abcdefghijklmnopqrstuvwxyz0123456789.,:?!'")
PAIRS = ["th", "he", "in", "er", "an", "the", "on", "ou"]
CHATML = (
    "{% for message in messages %}{{ '<|im_start|>' + message['role'] + '\\n' + message['content']"
    " + '<|im_end|>\\n' }}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"
)
TURNS = (
    "{{ bos_token }}{% for message in messages %}{{ '<start_of_turn>' + message['role'] + '\\n'"
    " + message['content'] + '<end_of_turn>\\n' }}{% endfor %}"
    "{% if add_generation_prompt %}{{ '<start_of_turn>model\\n' }}{% endif %}"
)


def randomise(model, seed):
    """Weights under which every part of the model has a say in the result."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, weight in model.named_parameters():
            noise = torch.randn(weight.shape, generator=generator)
            if weight.dim() == 1:
                one = 1.0 if name.endswith("norm.weight") and "gemma" not in model.config.model_type else 0.0
                weight.copy_(one + 0.3 * noise)
            else:
                fan_in = weight.shape[1] if "embed_tokens" not in name else 1
                if weight.dim() == 3:
                    fan_in = weight.shape[2]
                weight.copy_((1.2 * noise / fan_in**0.5).half().float())
    return model.eval()


def byte_level_vocabulary(writer, pre):
    control = ["<|endoftext|>", "<|im_start|>", "<|im_end|>"]
    tokens = control + LETTERS + ["Ġ", "Ċ"] + PAIRS
    tokens += [f"<|spare_{i}|>" for i in range(VOCABULARY - len(tokens))]
    spare = [gguf.TokenType.UNUSED] * (VOCABULARY - len(control) - len(LETTERS) - 2 - len(PAIRS))
    types = [gguf.TokenType.CONTROL] * 3 + [gguf.TokenType.NORMAL] * (len(LETTERS) + 2 + len(PAIRS)) + spare
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre(pre)
    writer.add_token_list(tokens)
    writer.add_token_types(types)
    writer.add_token_merges([f"{pair[:-1]} {pair[-1]}" for pair in PAIRS])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_chat_template(CHATML)


def sentence_piece_vocabulary(writer):
    control = ["<pad>", "<eos>", "<bos>", "<start_of_turn>", "<end_of_turn>"]
    tokens = ["<unk>"] + control + ["▁", "\n"] + PAIRS + LETTERS
    tokens += [f"<unused{i}>" for i in range(VOCABULARY - len(tokens))]
    types = [gguf.TokenType.UNKNOWN] + [gguf.TokenType.CONTROL] * 5
    types += [gguf.TokenType.NORMAL] * (2 + len(PAIRS) + len(LETTERS))
    types += [gguf.TokenType.UNUSED] * (VOCABULARY - len(types))
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list(tokens)
    writer.add_token_scores([-float(i) for i in range(VOCABULARY)])
    writer.add_token_types(types)
    writer.add_bos_token_id(2)
    writer.add_eos_token_id(1)
    writer.add_unk_token_id(0)
    writer.add_chat_template(TURNS)


def paired_neighbours(weight, heads):
    """LLaMA's rows, so that the numbers that turn together stand side by side."""
    rows, cols = weight.shape
    return weight.reshape(heads, 2, rows // heads // 2, cols).swapaxes(1, 2).reshape(rows, cols)


# What follows "model." or "model.layers.N." in the original → in the file.
NAMES = {
    "embed_tokens": "token_embd",
    "norm": "output_norm",
    "embedding_norm": "token_embd_norm",
    "lm_head": "output",
    "input_layernorm": "attn_norm",
    "operator_norm": "attn_norm",
    "self_attn.q_proj": "attn_q",
    "self_attn.k_proj": "attn_k",
    "self_attn.v_proj": "attn_v",
    "self_attn.o_proj": "attn_output",
    "self_attn.out_proj": "attn_output",
    "self_attn.q_norm": "attn_q_norm",
    "self_attn.k_norm": "attn_k_norm",
    "self_attn.q_layernorm": "attn_q_norm",
    "self_attn.k_layernorm": "attn_k_norm",
    "post_attention_layernorm": "ffn_norm",
    "ffn_norm": "ffn_norm",
    "mlp.gate_proj": "ffn_gate",
    "mlp.up_proj": "ffn_up",
    "mlp.down_proj": "ffn_down",
    "feed_forward.w1": "ffn_gate",
    "feed_forward.w3": "ffn_up",
    "feed_forward.w2": "ffn_down",
    "conv.in_proj": "shortconv.in_proj",
    "conv.conv": "shortconv.conv",
    "conv.out_proj": "shortconv.out_proj",
}
GEMMA_NAMES = NAMES | {
    "post_attention_layernorm": "post_attention_norm",
    "pre_feedforward_layernorm": "ffn_norm",
    "post_feedforward_layernorm": "post_ffw_norm",
}


def tensors(model, family):
    config = model.config
    names = GEMMA_NAMES if family == "gemma3" else NAMES
    for name, weight in model.named_parameters():
        path, kind = name.removeprefix("model.").rsplit(".", 1)
        block = ""
        if path.startswith("layers."):
            _, index, path = path.split(".", 2)
            block = f"blk.{index}."
        weight = weight.detach().numpy()
        if family == "gemma3" and path.endswith("norm"):
            weight = weight + 1
        if family == "llama" and path == "self_attn.q_proj":
            weight = paired_neighbours(weight, config.num_attention_heads)
        if family == "llama" and path == "self_attn.k_proj":
            weight = paired_neighbours(weight, config.num_key_value_heads)
        if path == "conv.conv":
            weight = weight[:, 0, :]
        exact = weight.ndim == 1 or path == "conv.conv"
        yield f"{block}{names[path]}.{kind}", weight.astype(np.float32 if exact else np.float16)
    if family == "llama":
        stretched = model.model.rotary_emb.inv_freq.numpy()
        dim = config.head_dim
        plain = 1 / config.rope_parameters["rope_theta"] ** (np.arange(0, dim, 2) / dim)
        yield "rope_freqs.weight", (plain / stretched).astype(np.float32)


def write(model, family, base, settings):
    config = model.config
    writer = gguf.GGUFWriter(os.path.join(HERE, f"{family}-tiny.gguf"), family)
    writer.add_block_count(config.num_hidden_layers)
    writer.add_context_length(CONTEXT)
    writer.add_embedding_length(config.hidden_size)
    writer.add_feed_forward_length(config.intermediate_size)
    writer.add_head_count(config.num_attention_heads)
    writer.add_rope_freq_base(base)
    writer.add_layer_norm_rms_eps(1e-6)
    settings(writer)
    for name, weight in tensors(model, family):
        writer.add_tensor(name, np.ascontiguousarray(weight))
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def golden(model, family, seed):
    generator = np.random.default_rng(seed)
    lines = []
    for length in LENGTHS:
        ids = generator.integers(0, VOCABULARY, length).tolist()
        with torch.no_grad():
            logits = model(torch.tensor([ids])).logits[0].tolist()
        rows = ",\n".join(json.dumps([round(x, 5) for x in row], separators=(",", ":")) for row in logits)
        lines.append(f'{{"ids": {json.dumps(ids)}, "logits": [\n{rows}\n]}}')
    with open(os.path.join(HERE, f"{family}-tiny.json"), "w") as out:
        out.write("[" + ",\n".join(lines) + "]\n")


def make(family, seed, model, base, settings):
    model = randomise(model.float(), seed)
    write(model, family, base, settings)
    golden(model, family, seed)


def llama():
    rope = dict(
        rope_type="llama3",
        rope_theta=10_000.0,
        factor=4.0,
        low_freq_factor=1.0,
        high_freq_factor=4.0,
        original_max_position_embeddings=16,
    )
    config = LlamaConfig(**COMMON, num_hidden_layers=2, head_dim=8, rms_norm_eps=1e-6, rope_parameters=rope)

    def settings(writer):
        writer.add_head_count_kv(2)
        writer.add_key_length(8)
        writer.add_value_length(8)
        writer.add_rope_dimension_count(8)
        writer.add_vocab_size(VOCABULARY)
        byte_level_vocabulary(writer, "llama-bpe")

    make("llama", 1, LlamaForCausalLM(config), 10_000.0, settings)


def qwen2():
    rope = dict(rope_type="default", rope_theta=1_000_000.0)
    config = Qwen2Config(
        **COMMON, num_hidden_layers=2, rms_norm_eps=1e-6, rope_parameters=rope, tie_word_embeddings=True
    )

    def settings(writer):
        writer.add_head_count_kv(2)
        byte_level_vocabulary(writer, "qwen2")

    make("qwen2", 2, Qwen2ForCausalLM(config), 1_000_000.0, settings)


def qwen3():
    rope = dict(rope_type="default", rope_theta=1_000_000.0)
    # Heads together wider than the model, as in the small ones of the family.
    config = Qwen3Config(
        **COMMON, num_hidden_layers=2, head_dim=12, rms_norm_eps=1e-6, rope_parameters=rope, tie_word_embeddings=True
    )

    def settings(writer):
        writer.add_head_count_kv(2)
        writer.add_key_length(12)
        writer.add_value_length(12)
        byte_level_vocabulary(writer, "qwen2")

    make("qwen3", 3, Qwen3ForCausalLM(config), 1_000_000.0, settings)


def gemma3():
    layers = 7
    kinds = ["full_attention" if (i + 1) % 6 == 0 else "sliding_attention" for i in range(layers)]
    rope = {
        "full_attention": dict(rope_type="linear", factor=8.0, rope_theta=1_000_000.0),
        "sliding_attention": dict(rope_type="default", rope_theta=10_000.0),
    }
    config = Gemma3TextConfig(
        **(COMMON | dict(num_key_value_heads=1, hidden_size=16, intermediate_size=24, num_attention_heads=2)),
        num_hidden_layers=layers,
        head_dim=12,
        query_pre_attn_scalar=12,
        sliding_window=8,
        layer_types=kinds,
        rms_norm_eps=1e-6,
        rope_parameters=rope,
        pad_token_id=0,
        attn_implementation="eager",
    )

    def settings(writer):
        writer.add_head_count_kv(1)
        writer.add_key_length(12)
        writer.add_value_length(12)
        writer.add_sliding_window(8)
        writer.add_rope_scaling_type(gguf.RopeScalingType.LINEAR)
        writer.add_rope_scaling_factor(8.0)
        sentence_piece_vocabulary(writer)

    make("gemma3", 4, Gemma3ForCausalLM(config), 1_000_000.0, settings)


def lfm2():
    kinds = ["conv", "full_attention", "conv", "conv"]
    rope = dict(rope_type="default", rope_theta=1_000_000.0)
    config = Lfm2Config(
        **COMMON,
        num_hidden_layers=len(kinds),
        layer_types=kinds,
        conv_L_cache=3,
        conv_bias=False,
        block_auto_adjust_ff_dim=False,
        norm_eps=1e-6,
        rope_parameters=rope,
        pad_token_id=0,
        tie_word_embeddings=True,
    )

    def settings(writer):
        writer.add_head_count_kv([2 if kind == "full_attention" else 0 for kind in kinds])
        writer.add_shortconv_l_cache(3)
        writer.add_vocab_size(VOCABULARY)
        byte_level_vocabulary(writer, "lfm2")

    make("lfm2", 5, Lfm2ForCausalLM(config), 1_000_000.0, settings)


for family in (llama, qwen2, qwen3, gemma3, lfm2):
    family()
